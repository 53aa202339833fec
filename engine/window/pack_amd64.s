#include "textflag.h"

// At which of its bits the seven bits begin that go to each byte.
DATA sevens<>+0(SB)/8, $0x312A231C150E0700
GLOBL sevens<>(SB), RODATA|NOPTR, $8

DATA twoCounts<>+0(SB)/8, $0x0000000100000001
GLOBL twoCounts<>(SB), RODATA|NOPTR, $8

// The bits of two counts of which one does not fit half a byte.
DATA large<>+0(SB)/8, $0xFFFFFFF0FFFFFFF0
GLOBL large<>(SB), RODATA|NOPTR, $8

DATA above56<>+0(SB)/8, $0xFF00000000000000
GLOBL above56<>(SB), RODATA|NOPTR, $8
DATA low7<>+0(SB)/8, $0x7F7F7F7F7F7F7F7F
GLOBL low7<>(SB), RODATA|NOPTR, $8
DATA more<>+0(SB)/8, $0x8080808080808080
GLOBL more<>(SB), RODATA|NOPTR, $8
DATA wholeBytes<>+0(SB)/8, $0x0000000000000078
GLOBL wholeBytes<>(SB), RODATA|NOPTR, $8
DATA lowCount<>+0(SB)/8, $0x000000000000000F
GLOBL lowCount<>(SB), RODATA|NOPTR, $8
DATA highCount<>+0(SB)/8, $0x0000000F00000000
GLOBL highCount<>(SB), RODATA|NOPTR, $8

// some makes K1 a bit for each of the next 8 of n words, or as many as there are.
#define some(n) \
	BZHIQ n, R13, AX \
	KMOVB AX, K1

// func packAVX512(dst *byte, row *uint64, words, pairs int) (n int)
TEXT ·packAVX512(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ row+8(FP), SI
	MOVQ words+16(FP), CX
	MOVQ pairs+24(FP), DX
	MOVQ $-1, R13
	MOVQ DI, R10

	MOVQ CX, R8
	MOVQ SI, R9
bitmap:
	some(R8)
	VMOVDQU64.Z (R9), K1, Z0
	VPTESTMQ Z0, Z0, K2
	KMOVB K2, (R10)
	INCQ R10
	ADDQ $64, R9
	SUBQ $8, R8
	JGT  bitmap

	SUBQ DX, CX
	TESTQ DX, DX
	JEQ  sums
	VPBROADCASTQ twoCounts<>(SB), Z16
	VPBROADCASTQ large<>(SB), Z17
counts:
	some(DX)
	VMOVDQU64.Z (SI), K1, Z0
	VPTESTMQ Z0, Z0, K2
	VPADDQ Z16, Z0, Z1
	VPORQ Z0, Z1, Z1
	VPTESTMQ Z17, Z1, K3
	KORTESTB K3, K3
	JNE  none
	VPSRLQ $28, Z0, Z1
	VPORQ Z0, Z1, Z1
	VPMOVQB Z1, X1
	VPCOMPRESSB.Z X1, K2, X1
	VMOVQ X1, (R10)
	KMOVB K2, AX
	POPCNTL AX, AX
	ADDQ AX, R10
	ADDQ $64, SI
	SUBQ $8, DX
	JGT  counts
	LEAQ (SI)(DX*8), SI

sums:
	TESTQ CX, CX
	JEQ  packed
	VPBROADCASTQ sevens<>(SB), Z16
	VPBROADCASTQ above56<>(SB), Z17
	VPBROADCASTQ low7<>(SB), Z18
	VPBROADCASTQ more<>(SB), Z19
	VPBROADCASTQ wholeBytes<>(SB), Z20
	VPTERNLOGQ $255, Z21, Z21, Z21
sum:
	some(CX)
	VMOVDQU64.Z (SI), K1, Z0
	VPTESTMQ Z17, Z0, K3
	KORTESTB K3, K3
	JNE  none
	VPMULTISHIFTQB Z0, Z16, Z1
	VPANDQ Z18, Z1, Z1
	VPLZCNTQ Z1, Z2     // of 64 bits; how many bytes are not needed
	VPANDQ Z20, Z2, Z2
	VPSRLVQ Z2, Z21, Z2 // those that are
	VPMOVB2M Z2, K3
	VPSRLQ $8, Z2, Z2   // the last is not followed by more
	VPANDQ Z19, Z2, Z2
	VPORQ Z2, Z1, Z1
	VPCOMPRESSB.Z Z1, K3, Z1
	VMOVDQU64 Z1, (R10)
	KMOVQ K3, AX
	POPCNTQ AX, AX
	ADDQ AX, R10
	ADDQ $64, SI
	SUBQ $8, CX
	JGT  sum

packed:
	SUBQ DI, R10
	MOVQ R10, n+32(FP)
	VZEROUPPER
	RET

none:
	MOVQ $0, n+32(FP)
	VZEROUPPER
	RET

// func unpackAVX512(row *uint64, src *byte, words, pairs int) (n int)
TEXT ·unpackAVX512(SB), NOSPLIT, $0-40
	MOVQ row+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ words+16(FP), CX
	MOVQ pairs+24(FP), DX
	MOVQ $-1, R13
	MOVQ (SI), R9
	BZHIQ CX, R9, R9 // a bit for each word that is not zero
	LEAQ 7(CX), AX
	SHRQ $3, AX
	ADDQ AX, SI
	SUBQ DX, CX
	TESTQ DX, DX
	JEQ  sums

	MOVQ R9, R8
	VPTERNLOGQ $255, X16, X16, X16
	VPBROADCASTQ lowCount<>(SB), Z17
	VPBROADCASTQ highCount<>(SB), Z18
counts:
	some(DX)
	ANDQ R8, AX
	MOVBLZX AX, AX
	KMOVW AX, K2
	VMOVQ (SI), X0
	VPEXPANDB.Z X0, K2, X0
	VPCMPEQB X16, X0, K3 // escapes
	KORTESTW K3, K3
	JNE  none
	VPMOVZXBQ X0, Z0
	VPSLLQ $28, Z0, Z1
	VPANDQ Z17, Z0, Z0
	VPANDQ Z18, Z1, Z1
	VPORQ Z1, Z0, Z0
	VMOVDQU64 Z0, K1, (DI)
	POPCNTL AX, AX
	ADDQ AX, SI
	SHRQ $8, R8
	ADDQ $64, DI
	SUBQ $8, DX
	JGT  counts
	LEAQ (DI)(DX*8), DI

sums:
	TESTQ CX, CX
	JEQ  unpacked
	MOVQ pairs+24(FP), DX
	SHRXQ DX, R9, R8
	VPXORQ Z0, Z0, Z0
	MOVQ DI, R9
zero:
	some(CX)
	VMOVDQU64 Z0, K1, (R9)
	ADDQ $64, R9
	SUBQ $8, CX
	JGT  zero

	TESTQ R8, R8
	JEQ  unpacked
	MOVQ $0x7F7F7F7F7F7F7F7F, CX
ends:
	VMOVDQU64 (SI), Z0
	VPMOVB2M Z0, K1
	KMOVQ K1, R10
	NOTQ R10       // a bit for the last byte of each number
	XORL R11, R11  // where the next number begins
	TESTQ R10, R10
	JEQ  none
sum:
	TZCNTQ R10, AX
	MOVQ (SI)(R11*1), BX
	SUBQ AX, R11
	CMPQ R11, $-8
	JLE  none      // more than eight bytes
	NEGQ R11
	LEAQ 8(R11*8), R11
	BZHIQ R11, BX, BX
	PEXTQ CX, BX, BX
	TZCNTQ R8, DX
	MOVQ BX, (DI)(DX*8)
	LEAQ 1(AX), R11
	BLSRQ R10, R10
	BLSRQ R8, R8
	JEQ  last
	TESTQ R10, R10
	JNE  sum
	ADDQ R11, SI
	JMP  ends

last:
	ADDQ R11, SI

unpacked:
	SUBQ src+8(FP), SI
	MOVQ SI, n+32(FP)
	VZEROUPPER
	RET

none:
	MOVQ $0, n+32(FP)
	VZEROUPPER
	RET
