#include "textflag.h"
#include "go_asm.h"

// lane is a step of [cdr.Hash] in x: x is multiplied with the word at m, both halves of
// the product are joined. R10 is the factor.
#define lane(m, x) \
	MOVQ  m, DX       \
	XORQ  x, DX       \
	MULXQ R10, AX, x  \
	XORQ  AX, x

// mix is cdr.Mix of x; z is free.
#define mix(x, z) \
	MOVQ  $0x9e3779b97f4a7c15, DX \
	XORQ  x, DX                   \
	MULXQ R10, z, x               \
	XORQ  z, x

// lanes are how the lanes of a text of n bytes begin.
#define lanes(n, x, y) \
	MOVQ  $0xa0761d6478bd642f, x \
	MOVQ  $0xe7037ed1a0b428db, y \
	IMULQ n, x                   \
	XORQ  n, y                   \
	INCQ  x

#define factor MOVQ $0xd6e8feb86659fd93, R10

// func hashesAVX2(out *[SheetRows]uint64, block *byte, spans *[SheetRows]cdr.Span, rows missed) (miss missed)
TEXT ·hashesAVX2(SB), NOSPLIT, $0-40
	MOVQ  out+0(FP), DI
	MOVQ  spans+16(FP), R11
	MOVQ  rows+24(FP), BX
	MOVQ  $0, miss+32(FP)
	factor
	TESTQ BX, BX
	JEQ   done

next:
	TZCNTQ BX, CX
	MOVL   (R11)(CX*8), SI
	MOVL   4(R11)(CX*8), R8
	ADDQ   block+8(FP), SI
	CMPQ   R8, $32
	JLS    missed
	lanes(R8, R12, R13)
	MOVQ   $0x8ebc6af09c88c6e3, R15
	MOVQ   $0x589965cc75374cc3, R9
	XORQ   R12, R15
	XORQ   R13, R9

four:
	lane(0(SI), R12)
	lane(8(SI), R13)
	lane(16(SI), R15)
	lane(24(SI), R9)
	ADDQ   $32, SI
	SUBQ   $32, R8
	CMPQ   R8, $32
	JHI    four
	ROLQ   $29, R15
	ROLQ   $29, R9
	LEAQ   (R12)(R15*1), DX
	MULXQ  R10, AX, R12
	XORQ   AX, R12
	LEAQ   (R13)(R9*1), DX
	MULXQ  R10, AX, R13
	XORQ   AX, R13

	// Two lanes take a step where more than 16 bytes are left, one where then more than
	// 8 are. Either step is made without asking, of what stands at the end of the text.
	LEAQ    (SI)(R8*1), R15 // the end
	LEAQ    -16(R15), AX
	CMPQ    R8, $16
	CMOVQLS AX, SI
	MOVQ    (SI), DX
	MOVQ    8(SI), SI
	XORQ    R12, DX
	MULXQ   R10, AX, R9
	XORQ    AX, R9
	MOVQ    R13, DX
	XORQ    SI, DX
	MULXQ   R10, AX, DX
	XORQ    AX, DX
	LEAQ    -16(R8), AX
	CMPQ    R8, $16
	CMOVQHI R9, R12
	CMOVQHI DX, R13
	CMOVQHI AX, R8
	NEGQ    R8
	ADDQ    R15, R8         // where the rest begins
	LEAQ    -8(R15), R9
	MOVQ    R8, DX
	CMPQ    R8, R9
	CMOVQCC R9, DX
	MOVQ    (DX), DX
	XORQ    R12, DX
	MULXQ   R10, AX, DX
	XORQ    AX, DX
	CMPQ    R8, R9
	CMOVQCS DX, R12
	lane(-8(R15), R13)
	ROLQ    $29, R13
	ADDQ    R13, R12
	mix(R12, R13)
	MOVQ    R12, (DI)(CX*8)
	BLSRQ   BX, BX
	JNE     next

done:
	RET

missed:
	MOVQ  miss+32(FP), AX
	BTSQ  CX, AX
	MOVQ  AX, miss+32(FP)
	BLSRQ BX, BX
	JNE   next
	RET

// pair is cdr.HashWords of n bytes from at on, into x, and at least 1. R8 are the beginnings
// of the lanes.
#define pair(n, at, x, y) \
	MOVQ  laneStarts_x(R8)(n*8), x \
	MOVQ  laneStarts_y(R8)(n*8), y \
	lane(0(at), x)          \
	lane(-8(at)(n*1), y)    \
	ROLQ  $29, y      \
	ADDQ  y, x        \
	mix(x, y)         \
	CMPQ  x, $1       \
	ADCQ  $0, x

// func cellsAVX2(c *strip, cells unsafe.Pointer, starts *laneStarts) (miss missed)
//
// Nearly all cells of a feed have their dashes where the one before has. R15 is where the region
// of such a cell ends, X11 are the bytes of its network.
TEXT ·cellsAVX2(SB), NOSPLIT, $8-32
	MOVQ    c+0(FP), AX
	MOVQ    strip_from(AX), R9
	MOVQ    strip_next(AX), R14
	MOVQ    strip_rows(AX), BX
	MOVQ    strip_text(AX), DI
	MOVQ    starts+16(FP), R8
	MOVQ    $0, miss+24(FP)
	MOVQ    $-1, dashes-8(SP)
	MOVL    $0x2D2D2D2D, DX
	VMOVD   DX, X8
	VPBROADCASTD X8, X8     // dashes
	MOVL    $0x30303030, DX
	VMOVD   DX, X9
	VPBROADCASTD X9, X9     // zeros
	MOVL    $0x09090909, DX
	VMOVD   DX, X10
	VPBROADCASTD X10, X10   // nines
	factor
	TESTQ   BX, BX
	JEQ     done

next:
	TZCNTQ  BX, CX
	MOVWLZX (R9)(CX*2), SI
	MOVWLZX (R14)(CX*2), R11
	SUBL    SI, R11
	ADDQ    DI, SI           // where it begins
	DECL    R11              // its length
	VMOVDQU (SI), X0
	VPCMPEQB X8, X0, X1
	VPMOVMSKB X1, AX
	BZHIL   R11, AX, AX
	CMPL    AX, dashes-8(SP)
	JNE     shape

hash:
	VPXOR   X9, X0, X0
	VPSUBUSB X10, X0, X0
	VPTEST  X11, X0
	JNE     missed
	LEAL    -1(R11), AX
	CMPL    AX, $16
	JCC     missed
	CMPL    R15, AX          // there is a cell behind the region
	JCC     missed
	SHLQ    $7, CX
	ADDQ    cells+8(FP), CX
	pair(R15, SI, R12, R13)
	MOVQ    R12, (const_rowRegion-const_rowCell)(CX)
	pair(R11, SI, R12, R13)
	MOVQ    R12, (CX)
	BLSRQ   BX, BX
	JNE     next

done:
	RET

shape:
	TZCNTL  AX, DX           // where the network ends
	BLSRL   AX, R12
	TZCNTL  R12, R13         // where the region ends
	BLSRL   R12, R12
	JNE     missed
	LEAL    -1(DX), R12
	CMPL    R12, $7
	JCC     missed
	CMPL    R13, $9
	JCS     missed
	CMPL    R13, $16
	JCC     missed
	MOVL    AX, dashes-8(SP)
	MOVL    R13, R15
	SHLL    $3, DX
	MOVQ    $-1, R12
	BZHIQ   DX, R12, R12
	VMOVQ   R12, X11
	JMP     hash

missed:
	TZCNTQ BX, CX
	MOVQ   miss+24(FP), AX
	BTSQ   CX, AX
	MOVQ   AX, miss+24(FP)
	BLSRQ  BX, BX
	JNE    next
	RET

// func idsAVX2(c *strip, to unsafe.Pointer, direction *[SheetRows]uint8, partial *[SheetRows]uint64) (miss missed)
TEXT ·idsAVX2(SB), NOSPLIT, $0-40
	MOVQ    c+0(FP), AX
	MOVQ    strip_from(AX), R8
	MOVQ    strip_next(AX), R9
	MOVQ    strip_rows(AX), BX
	MOVQ    strip_text(AX), DI
	MOVQ    $0, miss+32(FP)
	factor
	TESTQ   BX, BX
	JEQ     done

next:
	TZCNTQ  BX, CX
	MOVWLZX (R8)(CX*2), SI
	MOVWLZX (R9)(CX*2), R11
	SUBL    SI, R11
	ADDQ    DI, SI
	DECL    R11
	LEAL    -4(R11), AX
	CMPL    AX, $13
	JCC     missed
	lanes(R11, R12, R13)
	CMPL    R11, $8
	JCS     few
	JEQ     eight
	lane(0(SI), R12)

eight:
	lane(-8(SI)(R11*1), R13)
	ROLQ    $29, R13
	JMP     both

few:
	MOVL    -4(SI)(R11*1), DX
	MOVL    (SI), AX
	SHLQ    $32, DX
	ORQ     AX, DX
	XORQ    R12, DX
	MULXQ   R10, AX, R12
	XORQ    AX, R12

both:
	ADDQ    R13, R12
	mix(R12, R13)
	MOVQ    direction+16(FP), AX
	MOVBLZX (AX)(CX*1), AX
	MOVQ    partial+24(FP), DX
	SHLQ    $32, AX
	ADDQ    (DX)(CX*8), R12
	ADDQ    AX, R12
	mix(R12, R13)
	MOVQ    to+8(FP), AX
	SHLQ    $7, CX
	MOVQ    R12, (AX)(CX*1)
	BLSRQ   BX, BX
	JNE     next

done:
	RET

missed:
	MOVQ  miss+32(FP), AX
	BTSQ  CX, AX
	MOVQ  AX, miss+32(FP)
	BLSRQ BX, BX
	JNE   next
	RET
