#include "textflag.h"

// some makes K1 a bit for each of the next 8 of n words, or as many as there are.
#define some(n) \
	BZHIQ n, R13, AX \
	KMOVB AX, K1

// func endAVX512(row *uint64, words int, sums unsafe.Pointer, n int, lasting uint64, kept unsafe.Pointer, keep uint64)
TEXT ·endAVX512(SB), NOSPLIT, $0-56
	MOVQ row+0(FP), DI
	MOVQ words+8(FP), CX
	MOVQ sums+16(FP), SI
	MOVQ n+24(FP), R9
	MOVQ lasting+32(FP), R11
	MOVQ kept+40(FP), R10
	MOVQ keep+48(FP), R8
	MOVQ $-1, R13
	POPCNTQ R11, R12
	SHLQ $3, R12 // from a sum to the next
	TZCNTQ R11, AX
	SHLQ $3, AX
	SUBQ AX, SI // where the first word of the row would stand in the first sum
	VPXORQ Z1, Z1, Z1
words:
	some(CX)
	VMOVDQU64.Z (DI), K1, Z0
	VMOVDQU64 Z1, K1, (DI)
	MOVBLZX R8, AX
	TESTL AX, AX
	JEQ  add
	KMOVB AX, K2
	VPCOMPRESSQ.Z Z0, K2, Z2
	POPCNTL AX, AX
	BZHIQ AX, R13, BX
	KMOVB BX, K2
	VMOVDQU64 Z2, K2, (R10)
	LEAQ (R10)(AX*8), R10
add:
	KMOVB R11, K1
	MOVQ SI, BX
	MOVQ R9, DX
sum:
	SUBQ $1, DX
	JLT  next
	VMOVDQU64.Z (BX), K1, Z2
	VPADDQ Z0, Z2, Z2
	VMOVDQU64 Z2, K1, (BX)
	ADDQ R12, BX
	JMP  sum
next:
	SHRQ $8, R8
	SHRQ $8, R11
	ADDQ $64, DI
	ADDQ $64, SI
	SUBQ $8, CX
	JGT  words
	VZEROUPPER
	RET
