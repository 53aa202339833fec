#include "textflag.h"
#include "go_asm.h"

// Of what stands right-aligned in 16 bytes, slide+n keeps the last n bytes; of what
// stands left-aligned, slide+32-n the first n.
DATA slide<>+0(SB)/8, $0
DATA slide<>+8(SB)/8, $0
DATA slide<>+16(SB)/8, $-1
DATA slide<>+24(SB)/8, $-1
DATA slide<>+32(SB)/8, $0
DATA slide<>+40(SB)/8, $0
GLOBL slide<>(SB), RODATA|NOPTR, $48

DATA zeros<>+0(SB)/8, $0x3030303030303030
DATA zeros<>+8(SB)/8, $0x3030303030303030
GLOBL zeros<>(SB), RODATA|NOPTR, $16

DATA nines<>+0(SB)/8, $0x0909090909090909
DATA nines<>+8(SB)/8, $0x0909090909090909
GLOBL nines<>(SB), RODATA|NOPTR, $16

// 10 and 1 for pairs of digits, 100 and 1 for pairs of those, 10000 and 1.
DATA tens<>+0(SB)/8, $0x010A010A010A010A
DATA tens<>+8(SB)/8, $0x010A010A010A010A
GLOBL tens<>(SB), RODATA|NOPTR, $16
DATA hundreds<>+0(SB)/8, $0x0001006400010064
DATA hundreds<>+8(SB)/8, $0x0001006400010064
GLOBL hundreds<>(SB), RODATA|NOPTR, $16
DATA thousands<>+0(SB)/8, $0x0001271000012710
DATA thousands<>+8(SB)/8, $0x0001271000012710
GLOBL thousands<>(SB), RODATA|NOPTR, $16

DATA points<>+0(SB)/8, $0x1E1E1E1E1E1E1E1E
DATA points<>+8(SB)/8, $0
GLOBL points<>(SB), RODATA|NOPTR, $16

// Row p takes byte p out of eight; those before it move up.
DATA without<>+0(SB)/8, $0x0706050403020180
DATA without<>+8(SB)/8, $0x0706050403020080
DATA without<>+16(SB)/8, $0x0706050403010080
DATA without<>+24(SB)/8, $0x0706050402010080
DATA without<>+32(SB)/8, $0x0706050302010080
DATA without<>+40(SB)/8, $0x0706040302010080
DATA without<>+48(SB)/8, $0x0705040302010080
DATA without<>+56(SB)/8, $0x0605040302010080
DATA without<>+64(SB)/8, $0x0706050403020100
GLOBL without<>(SB), RODATA|NOPTR, $72

// hhmmss0fff of hh:mm:ss.fff at byte 3, and what its pairs are in milliseconds.
DATA clock<>+0(SB)/8, $0x0C800A0907060403
DATA clock<>+8(SB)/8, $0x8080808080800E0D
GLOBL clock<>(SB), RODATA|NOPTR, $16
DATA weights<>+0(SB)/8, $0x006403E8003C0E10
DATA weights<>+8(SB)/8, $0x0000000000000001
GLOBL weights<>(SB), RODATA|NOPTR, $16

// begin loads a strip: SI its text, R8 and R9 where fields begin and where the next
// ones do, BX the rows that are left, R12 slide; and no row is missed, R11.
#define begin \
	MOVQ c+0(FP), AX          \
	MOVQ strip_text(AX), SI   \
	MOVQ strip_from(AX), R8   \
	MOVQ strip_next(AX), R9   \
	MOVQ strip_rows(AX), BX   \
	LEAQ slide<>(SB), R12     \
	XORL R11, R11             \
	VMOVDQU zeros<>(SB), X8   \
	VMOVDQU nines<>(SB), X9   \
	VMOVDQU tens<>(SB), X10   \
	VMOVDQU hundreds<>(SB), X11 \
	VMOVDQU thousands<>(SB), X12

// field takes the first row out of those left, into CX, and where it begins, AX, and
// the next one, DX.
#define field \
	TZCNTQ  BX, CX           \
	MOVWLZX (R8)(CX*2), AX   \
	MOVWLZX (R9)(CX*2), DX

// number makes a number of up to 16 digits of X0: the first eight are the low half of
// the low eight bytes.
#define number \
	VPMADDUBSW X10, X0, X0 \
	VPMADDWD   X11, X0, X0 \
	VPACKUSDW  X0, X0, X0  \
	VPMADDWD   X12, X0, X0

// 10000, 1000, 100, 10 and 1 of the first five digits, in two steps.
DATA five<>+0(SB)/8, $0x000000010A640A64
GLOBL five<>(SB), RODATA|NOPTR, $8
DATA fives<>+0(SB)/8, $0x0000000100010064
GLOBL fives<>(SB), RODATA|NOPTR, $8

// func partiesAVX2(c *strip, to unsafe.Pointer, l *leads) (miss, unknown missed)
TEXT ·partiesAVX2(SB), NOSPLIT, $0-40
	begin
	MOVQ  to+8(FP), DI
	MOVQ  l+16(FP), AX
	MOVQ  leads_fives(AX), R10
	MOVQ  leads_answers(AX), R14
	VMOVQ five<>(SB), X13
	VMOVQ fives<>(SB), X14
	XORL  R15, R15               // rows of no country
	TESTQ BX, BX
	JEQ   done

next:
	field
	VPXOR      -17(SI)(DX*1), X8, X0
	SUBL       AX, DX
	LEAL       -10(DX), R13
	CMPL       R13, $8
	JCC        missed
	VPAND      -2(R12)(DX*1), X0, X0
	CMPB       (SI)(AX*1), $0x2B
	JNE        missed
	VPSUBUSB   X9, X0, X1
	VPTEST     X1, X1
	JNE        missed
	VMOVQ      1(SI)(AX*1), X1
	VPXOR      X8, X1, X1
	VPMADDUBSW X13, X1, X2       // 100 and 10 of two pairs, the fifth digit
	VPMADDWD   X14, X2, X2       // the first four, the fifth
	VMOVQ      X2, AX
	VPMADDUBSW X10, X0, X0
	VPMADDWD   X11, X0, X0
	MOVL       AX, DX
	SHRQ       $32, AX
	ADDL       DX, AX
	LEAL       (R13)(AX*8), AX
	MOVWLZX    (R10)(AX*2), AX
	SHLL       $5, AX
	ADDQ       R14, AX
	VPSLLQ     16(AX), X1, X1
	VPAND      8(AX), X1, X1
	VPMADDUBSW X10, X1, X1
	VPMADDWD   X11, X1, X1
	VPACKUSDW  X1, X0, X0
	VPMADDWD   X12, X0, X0
	MOVQ       CX, DX
	SHLQ       $7, DX
	ADDQ       DI, DX
	CMPQ       24(AX), $0
	JNE        strange

known:
	MOVQ    (AX), AX             // the place
	VPEXTRD $2, X0, CX
	ADDQ    CX, AX
	MOVQ    AX, 16(DX)
	VMOVQ   X0, AX
	MOVL    AX, CX
	SHRQ    $32, AX
	IMULQ   $100000000, CX
	ADDL    $8, R13              // how many digits
	ADDQ    CX, AX
	SHLQ    $54, R13
	ORQ     R13, AX
	MOVQ    AX, (DX)
	BLSRQ   BX, BX
	JNE     next

done:
	MOVQ R11, miss+24(FP)
	MOVQ R15, unknown+32(FP)
	RET

strange:
	TESTQ $const_oddAsk, 24(AX)
	JNE   missed
	BTSQ  CX, R15
	JMP   known

missed:
	BTSQ  CX, R11
	BLSRQ BX, BX
	JNE   next
	JMP   done

// func integersAVX2(c *strip, to unsafe.Pointer, shift int, most uint64) (miss missed)
TEXT ·integersAVX2(SB), NOSPLIT, $0-40
	begin
	MOVQ  to+8(FP), DI
	MOVQ  most+24(FP), R10
	TESTQ BX, BX
	JEQ   done

next:
	field
	VPXOR    -17(SI)(DX*1), X8, X0
	SUBL     AX, DX
	CMPL     DX, $17
	JHI      missed
	VPAND    -1(R12)(DX*1), X0, X0
	VPSUBUSB X9, X0, X1
	VPTEST   X1, X1
	JNE      missed
	number
	VMOVQ    X0, R13
	MOVL     R13, AX
	SHRQ     $32, R13
	IMULQ    $100000000, AX
	ADDQ     R13, AX
	CMPQ     AX, R10
	JHI      missed
	MOVQ     CX, DX
	MOVQ     shift+16(FP), CX
	SHLQ     CX, DX
	MOVQ     AX, (DI)(DX*1)
	BLSRQ    BX, BX
	JNE      next

done:
	MOVQ R11, miss+32(FP)
	RET

missed:
	BTSQ  CX, R11
	BLSRQ BX, BX
	JNE   next
	JMP   done

// decimal reads a decimal number of 1 to 8 bytes into R13: its digits times its scale.
#define decimal \
	VMOVQ     -9(SI)(DX*1), X0   \
	SUBL      AX, DX             \
	CMPL      DX, $9             \
	JHI       missed             \
	VPXOR     X8, X0, X0         \
	VPAND     7(R12)(DX*1), X0, X0 \
	VPCMPEQB  X14, X0, X1        \
	VPMOVMSKB X1, AX             \
	ORL       $0x100, AX         \
	TZCNTL    AX, AX             \
	VMOVQ     (R15)(AX*8), X1    \
	MOVQ      (R10)(AX*8), R13   \
	VPSHUFB   X1, X0, X0         \
	TESTQ     R13, R13           \
	JEQ       missed             \
	VPSUBUSB  X9, X0, X1         \
	VPTEST    X1, X1             \
	JNE       missed             \
	number                       \
	VMOVD     X0, AX             \
	IMULQ     AX, R13

// func secondsAVX2(c *strip, to unsafe.Pointer, scale *[9]uint64, most uint64) (miss missed)
TEXT ·secondsAVX2(SB), NOSPLIT, $0-40
	begin
	MOVQ    to+8(FP), DI
	MOVQ    scale+16(FP), R10
	LEAQ    without<>(SB), R15
	VMOVDQU points<>(SB), X14
	TESTQ   BX, BX
	JEQ     done

next:
	field
	decimal
	CMPQ  R13, most+24(FP)
	JHI   missed
	SHLQ  $7, CX
	MOVL  R13, (DI)(CX*1)
	BLSRQ BX, BX
	JNE   next

done:
	MOVQ R11, miss+32(FP)
	RET

missed:
	BTSQ  CX, R11
	BLSRQ BX, BX
	JNE   next
	JMP   done

// func chargesAVX2(c *strip, to unsafe.Pointer, scale *[9]uint64) (miss missed)
TEXT ·chargesAVX2(SB), NOSPLIT, $0-32
	begin
	MOVQ    to+8(FP), DI
	MOVQ    scale+16(FP), R10
	LEAQ    without<>(SB), R15
	VMOVDQU points<>(SB), X14
	TESTQ   BX, BX
	JEQ     done

next:
	field
	decimal
	SHLQ  $7, CX
	MOVQ  R13, (DI)(CX*1)
	BLSRQ BX, BX
	JNE   next

done:
	MOVQ R11, miss+24(FP)
	RET

missed:
	BTSQ  CX, R11
	BLSRQ BX, BX
	JNE   next
	JMP   done

// func timesAVX2(c *strip, to unsafe.Pointer, date uint64, usual, most *[16]byte, since int64) (miss missed)
TEXT ·timesAVX2(SB), NOSPLIT, $0-56
	begin
	MOVQ    to+8(FP), DI
	MOVQ    date+16(FP), R10
	MOVQ    usual+24(FP), AX
	VMOVDQU (AX), X13
	MOVQ    most+32(FP), AX
	VMOVDQU (AX), X14
	VMOVDQU clock<>(SB), X15
	VMOVDQU weights<>(SB), X12
	MOVQ    since+40(FP), R13
	TESTQ   BX, BX
	JEQ     done

next:
	field
	SUBL       AX, DX
	CMPL       DX, $25
	JNE        missed
	CMPQ       R10, (SI)(AX*1)
	JNE        missed
	VPXOR      8(SI)(AX*1), X13, X0
	VPSUBUSB   X14, X0, X1
	VPTEST     X1, X1
	JNE        missed
	VPSHUFB    X15, X0, X0
	VPMADDUBSW X10, X0, X0
	VPMADDWD   X12, X0, X0
	VMOVQ      X0, AX
	VPEXTRD    $2, X0, R15
	MOVL       AX, DX
	SHRQ       $32, AX
	CMPL       DX, $86400
	JCC        missed
	IMULQ      $1000, DX
	ADDQ       R15, AX
	ADDQ       R13, DX
	ADDQ       DX, AX
	SHLQ       $7, CX
	MOVQ       AX, (DI)(CX*1)
	BLSRQ      BX, BX
	JNE        next

done:
	MOVQ R11, miss+48(FP)
	RET

missed:
	BTSQ  CX, R11
	BLSRQ BX, BX
	JNE   next
	JMP   done

// func wordsAVX2(c *strip, to *[SheetRows]uint8, words *table) (miss missed)
TEXT ·wordsAVX2(SB), NOSPLIT, $0-32
	begin
	MOVQ  to+8(FP), DI
	MOVQ  words+16(FP), R13
	TESTQ BX, BX
	JEQ   done

next:
	field
	SUBL    AX, DX
	VMOVDQU (SI)(AX*1), X0
	MOVBLZX (SI)(AX*1), AX
	ANDL    $15, AX
	SHLL    $4, AX
	ADDQ    R13, AX
	VPXOR   table_texts(AX), X0, X0
	VPTEST  table_masks(AX), X0
	JNE     missed
	CMPL    DX, table_told+told_width(AX)
	JNE     missed
	MOVBLZX table_told+told_value(AX), AX
	MOVB    AX, (DI)(CX*1)
	BLSRQ   BX, BX
	JNE     next

done:
	MOVQ R11, miss+24(FP)
	RET

missed:
	BTSQ  CX, R11
	BLSRQ BX, BX
	JNE   next
	JMP   done

// ends makes, of eight pairs of marks at i on, the words of x that are 0 where a field has a text.
#define ends(i, x) \
	VMOVDQU  i(SI), x        \
	VPSUBW   128+i(SI), x, x \
	VPCMPEQW X15, x, x

// func filledAVX2(out *missed, edges *[SheetRows]uint16, fields int)
TEXT ·filledAVX2(SB), NOSPLIT, $0-24
	MOVQ     out+0(FP), DI
	MOVQ     edges+8(FP), SI
	MOVQ     fields+16(FP), R8
	VPCMPEQW X15, X15, X15

column:
	ends(0, X0)
	ends(16, X1)
	ends(32, X2)
	ends(48, X3)
	ends(64, X4)
	ends(80, X5)
	ends(96, X6)
	ends(112, X7)
	VPACKSSWB X1, X0, X0
	VPACKSSWB X3, X2, X2
	VPACKSSWB X5, X4, X4
	VPACKSSWB X7, X6, X6
	VPMOVMSKB X0, AX
	VPMOVMSKB X2, BX
	VPMOVMSKB X4, CX
	VPMOVMSKB X6, DX
	SHLQ $16, BX
	SHLQ $32, CX
	SHLQ $48, DX
	ORQ  BX, AX
	ORQ  CX, DX
	ORQ  DX, AX
	NOTQ AX
	MOVQ AX, (DI)
	ADDQ $128, SI
	ADDQ $8, DI
	DECQ R8
	JNE  column
	RET

// func transposeAVX2(out *[SheetRows]uint16, marks *uint16, fields, across, down int)
TEXT ·transposeAVX2(SB), NOSPLIT, $0-40
	MOVQ out+0(FP), DI
	MOVQ marks+8(FP), SI
	MOVQ fields+16(FP), R8
	SHLQ $1, R8              // bytes from row to row
	LEAQ (R8)(R8*2), R9      // of three
	MOVQ down+32(FP), DX

rows:
	MOVQ across+24(FP), CX
	MOVQ SI, AX
	MOVQ DI, BX

block:
	LEAQ       (AX)(R8*4), R10
	VMOVDQU    (AX), X0
	VMOVDQU    (AX)(R8*1), X1
	VMOVDQU    (AX)(R8*2), X2
	VMOVDQU    (AX)(R9*1), X3
	VMOVDQU    (R10), X4
	VMOVDQU    (R10)(R8*1), X5
	VMOVDQU    (R10)(R8*2), X6
	VMOVDQU    (R10)(R9*1), X7
	VPUNPCKLWD X1, X0, X8
	VPUNPCKHWD X1, X0, X9
	VPUNPCKLWD X3, X2, X10
	VPUNPCKHWD X3, X2, X11
	VPUNPCKLWD X5, X4, X12
	VPUNPCKHWD X5, X4, X13
	VPUNPCKLWD X7, X6, X14
	VPUNPCKHWD X7, X6, X15
	VPUNPCKLDQ X10, X8, X0
	VPUNPCKHDQ X10, X8, X1
	VPUNPCKLDQ X11, X9, X2
	VPUNPCKHDQ X11, X9, X3
	VPUNPCKLDQ X14, X12, X4
	VPUNPCKHDQ X14, X12, X5
	VPUNPCKLDQ X15, X13, X6
	VPUNPCKHDQ X15, X13, X7
	VPUNPCKLQDQ X4, X0, X8
	VPUNPCKHQDQ X4, X0, X9
	VPUNPCKLQDQ X5, X1, X10
	VPUNPCKHQDQ X5, X1, X11
	VPUNPCKLQDQ X6, X2, X12
	VPUNPCKHQDQ X6, X2, X13
	VPUNPCKLQDQ X7, X3, X14
	VPUNPCKHQDQ X7, X3, X15
	VMOVDQU X8, (BX)
	VMOVDQU X9, 128(BX)
	VMOVDQU X10, 256(BX)
	VMOVDQU X11, 384(BX)
	VMOVDQU X12, 512(BX)
	VMOVDQU X13, 640(BX)
	VMOVDQU X14, 768(BX)
	VMOVDQU X15, 896(BX)
	ADDQ $1024, BX
	ADDQ $16, AX
	DECQ CX
	JNE  block
	LEAQ (SI)(R8*8), SI
	ADDQ $16, DI
	DECQ DX
	JNE  rows
	RET
