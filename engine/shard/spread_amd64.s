#include "textflag.h"

// load loads words of row i: SI are the rows, DX is where in a row the words are.
#define load(i, z) \
	MOVQ        24*i(SI), AX   \
	VMOVDQU64.Z (AX)(DX*1), K1, z

// add adds the second words: BX is where they are.
#define add(i, z) \
	MOVQ   24*i(SI), AX     \
	VPADDQ (AX)(BX*1), z, K1, z

// pairs takes words of two rows in turn, the even ones and the odd ones.
#define pairs(a, b, even, odd) \
	VPUNPCKLQDQ b, a, even \
	VPUNPCKHQDQ b, a, odd

// halves takes of what a and b have, two words at a time, the even ones and the odd ones.
#define halves(a, b, even, odd) \
	VSHUFI64X2 $0x88, b, a, even \
	VSHUFI64X2 $0xdd, b, a, odd

// func spreadAVX512(columns *[]int64, rows *[]uint64, eights, first, second, words int, goals *goal, n int)
TEXT ·spreadAVX512(SB), NOSPLIT, $576-64
	MOVQ  columns+0(FP), R13
	MOVQ  rows+8(FP), SI
	MOVQ  eights+16(FP), CX
	MOVQ  first+24(FP), DX
	MOVQ  second+32(FP), BX
	MOVQ  words+40(FP), AX
	MOVQ  $-1, R8
	BZHIQ AX, R8, R8
	KMOVB R8, K1
	MOVQ  n+56(FP), R11
	SHLQ  $5, R11
	LEAQ  63(SP), R10 // the values of each word
	ANDQ  $~63, R10
	XORL  R9, R9      // where in a column they go

rows:
	load(0, Z0)
	load(1, Z1)
	load(2, Z2)
	load(3, Z3)
	load(4, Z4)
	load(5, Z5)
	load(6, Z6)
	load(7, Z7)
	CMPQ BX, DX
	JEQ  turn
	add(0, Z0)
	add(1, Z1)
	add(2, Z2)
	add(3, Z3)
	add(4, Z4)
	add(5, Z5)
	add(6, Z6)
	add(7, Z7)

turn:
	pairs(Z0, Z1, Z8, Z9)
	pairs(Z2, Z3, Z10, Z11)
	pairs(Z4, Z5, Z12, Z13)
	pairs(Z6, Z7, Z14, Z15)
	halves(Z8, Z10, Z0, Z2)  // words 0 and 4, 2 and 6 of rows 0 to 3
	halves(Z12, Z14, Z4, Z6) // of rows 4 to 7
	halves(Z9, Z11, Z1, Z3)  // words 1 and 5, 3 and 7
	halves(Z13, Z15, Z5, Z7)
	halves(Z0, Z4, Z8, Z12)
	halves(Z1, Z5, Z9, Z13)
	halves(Z2, Z6, Z10, Z14)
	halves(Z3, Z7, Z11, Z15)
	VMOVDQU64 Z8, (R10)
	VMOVDQU64 Z9, 64(R10)
	VMOVDQU64 Z10, 128(R10)
	VMOVDQU64 Z11, 192(R10)
	VMOVDQU64 Z12, 256(R10)
	VMOVDQU64 Z13, 320(R10)
	VMOVDQU64 Z14, 384(R10)
	VMOVDQU64 Z15, 448(R10)

	MOVQ goals+48(FP), DI
	LEAQ (DI)(R11*1), R8

goal:
	MOVQ         (DI), AX
	VMOVDQU64    (R10)(AX*1), Z0
	VPSRLVQ.BCST 8(DI), Z0, Z0
	VPANDQ.BCST  16(DI), Z0, Z0
	MOVQ         24(DI), AX
	MOVQ         (R13)(AX*1), AX
	VMOVDQU64    Z0, (AX)(R9*1)
	ADDQ         $32, DI
	CMPQ         DI, R8
	JB           goal

	ADDQ $192, SI
	ADDQ $64, R9
	DECQ CX
	JNE  rows
	VZEROUPPER
	RET
