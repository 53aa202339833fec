#include "textflag.h"

DATA bytes<>+0(SB)/8, $0x0706050403020100
GLOBL bytes<>(SB), RODATA|NOPTR, $8

// The low byte of each of two words, in all bytes of the word.
DATA lows<>+0(SB)/8, $0x0000000000000000
DATA lows<>+8(SB)/8, $0x0808080808080808
GLOBL lows<>(SB), RODATA|NOPTR, $16

// spans loads into Z0 up to eight spans of those at ids, of which n are left. K1 are those: the
// others are empty.
#define spans(ids, n) \
	BZHIL       n, R9, DX \
	KMOVB       DX, K1    \
	VMOVDQU64.Z (ids), K1, Z0

// add adds to each word of Z5 the one n before it.
#define add(n) \
	VALIGNQ $(8-n), Z13, Z5, Z6 \
	VPADDQ  Z6, Z5, Z5

// func packIDsAVX512(text *byte, at int, block *byte, ids *cdr.Span, n int, most *cdr.Span) (end int)
//
// A span is a word whose low half is its offset, its high half its length. end is -1, and nothing
// is done, where either is more than that of most.
TEXT ·packIDsAVX512(SB), NOSPLIT, $0-56
	MOVQ            text+0(FP), DI
	MOVQ            at+8(FP), AX
	MOVQ            block+16(FP), SI
	MOVQ            ids+24(FP), BX
	MOVQ            n+32(FP), CX
	MOVQ            most+40(FP), DX
	VPBROADCASTQ    (DX), Z9
	VPBROADCASTQ    bytes<>(SB), Z10
	VBROADCASTI32X4 lows<>(SB), Z11
	MOVL            $-1, R9
	VPBROADCASTQ    R9, Z12         // the low halves
	VPXORQ          Z13, Z13, Z13
	VPXORQ          Z1, Z1, Z1
	MOVQ            BX, R10
	MOVQ            CX, R11

check:
	spans(R10, R11)
	VPMAXUD  Z0, Z1, Z1
	ADDQ     $64, R10
	SUBQ     $8, R11
	JGT      check
	VPCMPUD  $6, Z9, Z1, K2         // more
	KORTESTW K2, K2
	JNE      none

eight:
	spans(BX, CX)
	VPSRLQ     $32, Z0, Z1          // lengths
	VPANDQ     Z12, Z0, Z2          // offsets
	VPANDNQ    Z0, Z12, Z0
	KXNORB     K2, K2, K2
	VPXORQ     Z3, Z3, Z3
	VPGATHERQQ (SI)(Z2*1), K2, Z3
	VPSHUFB    Z11, Z1, Z4
	VPCMPUB    $1, Z4, Z10, K3      // the bytes below the lengths
	VPCOMPRESSB Z3, K3, Z4
	VMOVDQU64  Z4, (DI)(AX*1)

	// Each begins where at is and those before it end.
	VMOVDQA64    Z1, Z5
	add(1)
	add(2)
	add(4)
	VPSUBQ       Z1, Z5, Z5
	VPBROADCASTQ AX, Z6
	VPADDQ       Z6, Z5, Z5
	VPORQ        Z5, Z0, Z0
	VMOVDQU64    Z0, K1, (BX)
	KMOVQ        K3, DX
	POPCNTQ      DX, DX
	ADDQ         DX, AX
	ADDQ         $64, BX
	SUBQ         $8, CX
	JGT          eight

done:
	MOVQ AX, end+48(FP)
	VZEROUPPER
	RET

none:
	MOVQ $-1, AX
	JMP  done
