#include "textflag.h"

// func tallyWordsAVX2(keys, stamps *uint64, fours int, set, stamp, also, from uint64) (n int64)
TEXT ·tallyWordsAVX2(SB), NOSPLIT, $0-64
	MOVQ keys+0(FP), SI
	MOVQ stamps+8(FP), BX
	MOVQ fours+16(FP), CX
	VPBROADCASTQ set+24(FP), Y0  // the set
	VMOVQ        stamp+32(FP), X1
	VMOVQ        also+40(FP), X2
	VPBROADCASTQ from+48(FP), Y3 // the stamp at which the window begins
	VPCMPEQD Y4, Y4, Y4
	VPSRLQ   $48, Y4, Y4         // a stamp's bits
	VPXOR    Y5, Y5, Y5          // less the sums

next:
	VMOVDQU  (BX), Y6
	VPSRLQ   X1, Y6, Y7
	VPSRLQ   X2, Y6, Y6
	VPMINUW  Y6, Y7, Y7
	VPAND    Y4, Y7, Y7
	VPMAXUW  Y3, Y7, Y6
	VPCMPEQQ Y6, Y7, Y7          // not before the window
	VMOVDQU  (SI), Y8
	VPSRLQ   $60, Y8, Y8
	VPCMPEQQ Y0, Y8, Y8          // of the set
	VPAND    Y7, Y8, Y8
	VPADDQ   Y8, Y5, Y5
	ADDQ     $32, SI
	ADDQ     $32, BX
	DECQ     CX
	JNE      next
	VEXTRACTI128 $1, Y5, X6
	VPADDQ       X6, X5, X5
	VPSHUFD      $0x4e, X5, X6
	VPADDQ       X6, X5, X5
	VMOVQ        X5, AX
	NEGQ         AX
	MOVQ         AX, n+56(FP)
	VZEROUPPER
	RET
