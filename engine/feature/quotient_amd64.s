#include "textflag.h"

DATA one<>+0(SB)/8, $1.0
GLOBL one<>(SB), RODATA|NOPTR, $8

// func quotientsAVX512(out *float64, valid *byte, n, d *int64, eights int, by float64) (held int)
TEXT ·quotientsAVX512(SB), NOSPLIT, $0-56
	MOVQ         out+0(FP), DI
	MOVQ         valid+8(FP), R8
	MOVQ         n+16(FP), SI
	MOVQ         d+24(FP), BX
	MOVQ         eights+32(FP), CX
	VBROADCASTSD by+40(FP), Z2
	MOVQ         one<>(SB), DX
	XORQ         by+40(FP), DX // not 0: there is something to divide by
	XORL         R9, R9

eight:
	VMOVDQU64 (BX), Z1
	VPTESTMQ  Z1, Z1, K1
	KMOVB     K1, AX
	MOVB      AX, (R8)
	POPCNTL   AX, AX
	ADDQ      AX, R9
	VCVTQQ2PD (SI), Z0
	TESTQ     DX, DX
	JEQ       divide
	VDIVPD    Z2, Z0, Z0

divide:
	VCVTQQ2PD Z1, Z1
	VDIVPD.Z  Z1, Z0, K1, Z0
	VMOVUPD   Z0, (DI)
	ADDQ      $64, DI
	ADDQ      $64, SI
	ADDQ      $64, BX
	INCQ      R8
	DECQ      CX
	JNE       eight
	MOVQ      R9, held+48(FP)
	VZEROUPPER
	RET

// func scaledAVX512(out *float64, n *int64, eights int, by float64)
TEXT ·scaledAVX512(SB), NOSPLIT, $0-32
	MOVQ         out+0(FP), DI
	MOVQ         n+8(FP), SI
	MOVQ         eights+16(FP), CX
	VBROADCASTSD by+24(FP), Z2

eight:
	VCVTQQ2PD (SI), Z0
	VDIVPD    Z2, Z0, Z0
	VMOVUPD   Z0, (DI)
	ADDQ      $64, DI
	ADDQ      $64, SI
	DECQ      CX
	JNE       eight
	VZEROUPPER
	RET

// func sumsAVX512(out, a, b *int64, eights int, minus uint64)
TEXT ·sumsAVX512(SB), NOSPLIT, $0-40
	MOVQ         out+0(FP), DI
	MOVQ         a+8(FP), SI
	MOVQ         b+16(FP), BX
	MOVQ         eights+24(FP), CX
	VPBROADCASTQ minus+32(FP), Z2

eight:
	VPXORQ    (BX), Z2, Z1
	VPSUBQ    Z2, Z1, Z1 // b, or 0 - b
	VPADDQ    (SI), Z1, Z0
	VMOVDQU64 Z0, (DI)
	ADDQ      $64, DI
	ADDQ      $64, SI
	ADDQ      $64, BX
	DECQ      CX
	JNE       eight
	VZEROUPPER
	RET
