#include "textflag.h"

DATA lowWords<>+0(SB)/4, $0x0000FFFF
GLOBL lowWords<>(SB), RODATA|NOPTR, $4
DATA lowHalves<>+0(SB)/8, $0x00000000FFFFFFFF
GLOBL lowHalves<>(SB), RODATA|NOPTR, $8

// func packAVX512(dst *byte, values *uint16, fours int, width int)
TEXT ·packAVX512(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ values+8(FP), SI
	MOVQ fours+16(FP), CX
	MOVQ width+24(FP), DX
	VPBROADCASTD lowWords<>(SB), Z5
	VPBROADCASTQ lowHalves<>(SB), Z6
	MOVL  $0x55, AX // the first word of each two
	KMOVB AX, K1
	KNOTB K1, K3

	// By how much the second word moves: up by four widths, and what leaves the first word
	// that way down in the second. A shift by 64 gives 0.
	VMOVQ DX, X10
	LEAQ  (DX)(DX*1), AX
	VMOVQ AX, X11
	ADDQ  AX, AX
	MOVL  $64, BX
	VPBROADCASTQ AX, Z7
	VPBROADCASTQ BX, Z8
	SUBQ AX, BX
	VPBROADCASTQ BX, K3, Z8

	// A group is width bytes of sixteen.
	MOVQ  $-1, AX
	BZHIQ DX, AX, AX
	MOVQ  $0x0001000100010001, BX
	IMULQ BX, AX
	KMOVQ AX, K2
	SHLQ  $2, DX

four:
	VMOVDQU64   (SI), Z0
	VPSRLD      $16, Z0, Z1
	VPSLLD      X10, Z1, Z1
	VPTERNLOGQ  $0xF8, Z5, Z0, Z1 // two values: Z1 | Z0 & lowWords
	VPSRLQ      $32, Z1, Z2
	VPSLLQ      X11, Z2, Z2
	VPTERNLOGQ  $0xF8, Z6, Z1, Z2 // four
	VPSHUFD     $0xEE, Z2, Z3     // the second four, twice
	VPSLLVQ     Z7, Z3, Z4
	VPSRLVQ     Z8, Z3, Z3
	VMOVDQA64.Z Z2, K1, Z2
	VPTERNLOGQ  $0xFE, Z3, Z4, Z2 // all eight
	VPCOMPRESSB Z2, K2, Z2
	VMOVDQU64   Z2, (DI)
	ADDQ $64, SI
	ADDQ DX, DI
	DECQ CX
	JNE  four
	VZEROUPPER
	RET
