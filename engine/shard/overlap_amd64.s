#include "textflag.h"
#include "go_asm.h"

// func callsAVX512(c *calls, facts *window.Fact, starts *cdr.Millis, rings, talks *uint32, n int)
TEXT ·callsAVX512(SB), NOSPLIT, $0-48
	MOVQ c+0(FP), DI
	MOVQ facts+8(FP), SI
	MOVQ starts+16(FP), R8
	MOVQ rings+24(FP), R9
	MOVQ talks+32(FP), R10
	MOVQ n+40(FP), CX
	MOVQ $const_answered, AX
	VPBROADCASTQ AX, Z0
	VPTERNLOGD $255, Z1, Z1, Z1
	VPSRLQ $1, Z1, Z2 // unanswered
	VPSLLQ $63, Z1, Z3 // never
	VPSRLQ $32, Z1, Z1 // no ring time
	XORL BX, BX
legs:
	VPANDQ (SI)(BX*8), Z0, Z4
	VPCMPEQQ Z0, Z4, K1
	VPMOVZXDQ (R9)(BX*4), Z5
	VPCMPUQ $4, Z1, Z5, K2 // not equal
	VMOVDQU64 (R8)(BX*8), Z6
	VPADDQ Z5, Z6, K2, Z6
	VPMOVZXDQ (R10)(BX*4), Z7
	VPADDQ Z7, Z6, Z7
	VPBLENDMQ Z6, Z2, K1, Z6
	VPBLENDMQ Z7, Z3, K1, Z7
	VMOVDQU64 Z6, calls_answer(DI)(BX*8)
	VMOVDQU64 Z7, calls_release(DI)(BX*8)
	ADDQ $8, BX
	CMPQ BX, CX
	JLT  legs
	VZEROUPPER
	RET
