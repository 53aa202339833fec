#include "textflag.h"
#include "go_asm.h"

// func tellAVX2(facts *[MaxLegs]Fact, values *Column, n int, f, given Fact, s *among)
TEXT ·tellAVX2(SB), NOSPLIT, $0-48
	MOVQ facts+0(FP), DI
	MOVQ values+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ s+40(FP), AX
	VPBROADCASTQ f+24(FP), Y0
	VPBROADCASTQ given+32(FP), Y1
	VPBROADCASTD among_mask(AX), X2
	VPBROADCASTD among_low(AX), X3
	VPBROADCASTD among_most(AX), X4
	XORL BX, BX
legs:
	VPAND (SI)(BX*4), X2, X5
	VPSUBD X3, X5, X5
	VPMINUD X4, X5, X6
	VPCMPEQD X5, X6, X6 // no more than most
	VPMOVSXDQ X6, Y6
	VMOVDQU (DI)(BX*8), Y7
	VPAND Y1, Y7, Y8
	VPCMPEQQ Y1, Y8, Y8
	VPAND Y6, Y8, Y8
	VPAND Y0, Y8, Y8
	VPOR Y8, Y7, Y7
	VMOVDQU Y7, (DI)(BX*8)
	ADDQ $4, BX
	CMPQ BX, CX
	JLT  legs
	VZEROUPPER
	RET
