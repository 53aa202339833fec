#include "textflag.h"
#include "go_asm.h"

// gather sets dst to the bits of the bytes of Y0 and Y1 that are in value.
#define gather(value, dst) \
	VPCMPEQB  Y0, value, Y2 \
	VPCMPEQB  Y1, value, Y3 \
	VPMOVMSKB Y2, dst       \
	VPMOVMSKB Y3, BX        \
	SHLQ      $32, BX       \
	ORQ       BX, dst

// func classifyAVX2(out *words, src *byte, n int, separator, blank byte) (odd uint64)
TEXT ·classifyAVX2(SB), NOSPLIT, $0-40
	MOVQ         out+0(FP), DI
	MOVQ         src+8(FP), SI
	MOVQ         n+16(FP), CX
	VPBROADCASTB separator+24(FP), Y8
	VPBROADCASTB blank+25(FP), Y9
	MOVL         $0x0A0A0A0A, AX
	VMOVD        AX, X10
	VPBROADCASTD X10, Y10
	MOVL         $0x22222222, AX
	VMOVD        AX, X11
	VPBROADCASTD X11, Y11
	MOVL         $0x20202020, AX
	VMOVD        AX, X12
	VPBROADCASTD X12, Y12
	MOVL         $1, R12             // the byte before is a mark
	XORL         R13, R13            // the byte before is blank
	XORL         DX, DX              // odd bits of all words
	XORL         R14, R14            // line feeds
	MOVQ         DI, R15
	JMP          check

next:
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y1
	gather(Y10, AX)
	POPCNTQ AX, R8
	ADDQ    R8, R14
	gather(Y8, R8)
	ORQ     AX, R8
	MOVQ    R8, (DI)
	gather(Y9, R9)
	gather(Y12, AX)
	ORQ     AX, R9
	gather(Y11, R10)
	LEAQ    (R12)(R8*2), R11
	ANDQ    R9, R11
	ORQ     R11, R10
	LEAQ    (R13)(R9*2), R11
	ANDQ    R8, R11
	ORQ     R11, R10
	MOVQ    R10, words_odd(DI)
	ORQ     R10, DX
	MOVQ    R8, R12
	SHRQ    $63, R12
	MOVQ    R9, R13
	SHRQ    $63, R13
	ADDQ    $64, SI
	ADDQ    $8, DI
	DECQ    CX

check:
	TESTQ CX, CX
	JNE   next
	MOVQ  R14, words_feeds(R15)
	MOVQ  DX, odd+32(FP)
	VZEROUPPER
	RET

// func markAVX2(out *words, src *byte, n int, special *[16]byte) (sum int)
TEXT ·markAVX2(SB), NOSPLIT, $0-40
	MOVQ           out+0(FP), DI
	MOVQ           src+8(FP), SI
	MOVQ           n+16(FP), CX
	MOVQ           special+24(FP), AX
	VBROADCASTI128 (AX), Y9
	VPXOR          Y10, Y10, Y10
	VPXOR          Y11, Y11, Y11     // the sums

nextMark:
	PREFETCHT1 8192(SI)              // the stretch after this one: records are read in between
	VMOVDQU   (SI), Y0
	VMOVDQU   32(SI), Y1
	VPSHUFB   Y0, Y9, Y2             // the special byte that a byte may be
	VPSHUFB   Y1, Y9, Y3
	VPCMPEQB  Y0, Y2, Y2
	VPCMPEQB  Y1, Y3, Y3
	VPMOVMSKB Y2, R8
	VPMOVMSKB Y3, R9
	VPAND     Y0, Y2, Y2
	VPAND     Y1, Y3, Y3
	VPADDB    Y2, Y3, Y2             // two special bytes are below 256
	VPSADBW   Y10, Y2, Y2
	VPADDQ    Y2, Y11, Y11
	MOVL      R8, (DI)
	MOVL      R9, 4(DI)
	ADDQ      $64, SI
	ADDQ      $8, DI
	DECQ      CX
	JNE       nextMark
	VEXTRACTI128 $1, Y11, X1
	VPADDQ       X1, X11, X1
	VPEXTRQ      $1, X1, DX
	VMOVQ        X1, AX
	ADDQ         DX, AX
	MOVQ         AX, sum+32(FP)
	VZEROUPPER
	RET

// func linesAVX2(out *cdr.Span, marks *uint16, text *byte, base, step, n int) (done int)
TEXT ·linesAVX2(SB), NOSPLIT, $0-56
	MOVQ    out+0(FP), DI
	MOVQ    marks+8(FP), SI
	MOVQ    text+16(FP), R9
	MOVQ    base+24(FP), R10
	MOVQ    step+32(FP), R8
	MOVQ    n+40(FP), CX
	MOVWLZX (SI), DX             // where the line begins

nextLine:
	ADDQ    R8, SI
	MOVWLZX (SI), AX
	CMPB    -1(R9)(AX*1), $0x0A
	JNE     stop
	CMPB    -2(R9)(AX*1), $0x0D
	JEQ     stop
	LEAL    (R10)(DX*1), R11
	NOTL    DX
	MOVL    R11, (DI)
	ADDL    AX, DX               // without the line feed
	MOVL    DX, 4(DI)
	MOVL    AX, DX
	ADDQ    $8, DI
	DECQ    CX
	JNE     nextLine

stop:
	MOVQ n+40(FP), AX
	SUBQ CX, AX
	MOVQ AX, done+48(FP)
	RET

// sixteen writes what is behind the marks of the two lowest bytes of a word, which are brought
// together before: to load and to store is what costs most. Where there are more than eight, the
// others are written too. It shifts the word.
#define sixteen \
	MOVBLZX   BX, AX              \
	MOVBLZX   BH, DX              \
	MOVWLZX   BX, R11             \
	SHRQ      $16, BX             \
	POPCNTL   AX, R12             \
	VMOVQ     (R9)(AX*8), X3      \
	SHLL      $4, R12             \
	VMOVQ     places_high(R9)(DX*8), X4 \
	POPCNTL   R11, R11            \
	VPSHUFB   places_slide(R9)(R12*1), X4, X4 \
	VPOR      X3, X4, X4          \
	VPMOVZXBW X4, X5              \
	VPADDW    X1, X5, X5          \
	VMOVDQU   X5, (DI)            \
	CMPL      R11, $8             \
	JLS       5(PC)               \
	VPSRLDQ   $8, X4, X4          \
	VPMOVZXBW X4, X5              \
	VPADDW    X1, X5, X5          \
	VMOVDQU   X5, 16(DI)          \
	VPADDW    X2, X1, X1          \
	LEAQ      (DI)(R11*2), DI

// func flattenAVX(out *uint16, w *words, n int, p *places) (found int)
TEXT ·flattenAVX(SB), NOSPLIT, $0-40
	MOVQ         out+0(FP), DI
	MOVQ         w+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVQ         p+24(FP), R9
	MOVQ         DI, R10
	MOVL         $0x00010001, AX
	VMOVD        AX, X1
	VPBROADCASTD X1, X1          // what is behind the first byte
	VPSLLW       $4, X1, X2
	JMP          checkWord

nextWord:
	MOVQ (SI), BX
	sixteen
	sixteen
	sixteen
	sixteen
	ADDQ $8, SI
	DECQ CX

checkWord:
	TESTQ CX, CX
	JNE   nextWord
	SUBQ  R10, DI
	SHRQ  $1, DI
	MOVQ  DI, found+32(FP)
	VZEROUPPER
	RET
