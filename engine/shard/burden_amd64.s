#include "textflag.h"
#include "go_asm.h"

// func weighAVX512(to *burden, effects *effect, classes *int32, quantities *window.Quantities, n int, heavy *someLegs)
TEXT ·weighAVX512(SB), NOSPLIT, $0-48
	MOVQ to+0(FP), DI
	MOVQ effects+8(FP), SI
	MOVQ classes+16(FP), R8
	MOVQ quantities+24(FP), R9
	MOVQ n+32(FP), CX
	MOVQ heavy+40(FP), R10
	MOVQ $-1, R13
	VPMOVZXBQ eights<>+0(SB), Z0 // where the quantities of eight legs begin, in words
	VPBROADCASTQ eights<>+8(SB), Z7
legs:
	MOVL $8, AX
	CMPQ CX, AX
	CMOVQLT CX, AX
	BZHIQ AX, R13, AX
	KMOVB AX, K1
	KMOVB AX, K2
	KMOVB AX, K3
	KMOVB AX, K4
	VPMOVZXDQ.Z (R8), K1, Z1
	VPADDQ Z1, Z1, Z1 // an effect is two words
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	VPXORQ Z5, Z5, Z5
	VPGATHERQQ (SI)(Z1*8), K2, Z2
	VPGATHERQQ effect_most(SI)(Z1*8), K3, Z3
	VMOVDQU64 Z2, K1, (DI)
	VPSRLQ $32, Z3, Z4
	VPANDQ Z7, Z4, Z4
	VPADDQ Z0, Z4, Z4
	VPGATHERQQ (R9)(Z4*8), K4, Z5
	VPSLLQ $32, Z3, Z3
	VPSRLQ $32, Z3, Z3
	VPCMPUQ $6, Z3, Z5, K1, K5 // more
	KMOVB K5, BX
	MOVB BX, (R10)
	INCQ R10
	ADDQ $64, DI
	ADDQ $32, R8
	ADDQ $512, R9
	SUBQ $8, CX
	JGT  legs
	VZEROUPPER
	RET

// eights are multiples of eight, and the quantities that there are.
DATA eights<>+0(SB)/8, $0x3830282018100800
DATA eights<>+8(SB)/8, $7
GLOBL eights<>(SB), RODATA|NOPTR, $16
