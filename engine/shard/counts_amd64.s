#include "textflag.h"
#include "funcdata.h"

// begin loads a block: SI its keys, BX its stamps, CX how many fours of items there are, and
// DX the beginnings of the windows. R9 are four tables of sums, on the stack. Most items are
// of the same set, and what has just been stored takes a while to be loaded again, so four
// items in a row count in a table each.
#define begin \
	MOVQ  sums+0(FP), DI    \
	MOVQ  from+8(FP), DX    \
	MOVQ  keys+16(FP), SI   \
	MOVQ  stamps+24(FP), BX \
	MOVQ  fours+32(FP), CX  \
	LEAQ  63(SP), R9        \
	ANDQ  $~63, R9          \
	VPXOR Y15, Y15, Y15

// zero clears 128 bytes of the tables.
#define zero(at) \
	VMOVDQU Y15, (at)(R9)    \
	VMOVDQU Y15, (at+32)(R9) \
	VMOVDQU Y15, (at+64)(R9) \
	VMOVDQU Y15, (at+96)(R9)

// place is where a table has the sums of the set of item i: sixteen bytes for each set, or
// twice that.
#define place(i) \
	MOVBLZX (8*i+7)(SI), AX \
	ANDL    $0x70, AX

// bytes counts item i in table i: down, in all lanes in which it is not before the window.
#define bytes(i, x) \
	place(i)                           \
	VPBROADCASTD (4*i)(BX), x          \
	VPMINUB      X0, x, x              \
	VPCMPEQB     X0, x, x              \
	VPADDB       (128*i)(R9)(AX*1), x, x \
	VMOVDQU      x, (128*i)(R9)(AX*1)

// sumBytes adds up 32 bytes of the tables.
#define sumBytes(at) \
	VPSUBB  (at)(R9), Y15, Y1    \
	VPSUBB  (128+at)(R9), Y1, Y1 \
	VPSUBB  (256+at)(R9), Y1, Y1 \
	VPSUBB  (384+at)(R9), Y1, Y1 \
	VMOVDQU Y1, (at)(DI)

// func countBytesAVX2(sums *[fewHalves * countedSets]uint64, from *[fewHalves]uint64, keys, stamps *uint64, fours int)
TEXT ·countBytesAVX2(SB), NOSPLIT, $576-40
	begin
	VMOVDQU (DX), X0
	zero(0)
	zero(128)
	zero(256)
	zero(384)

next:
	bytes(0, X1)
	bytes(1, X2)
	bytes(2, X3)
	bytes(3, X4)
	ADDQ $32, SI
	ADDQ $16, BX
	DECQ CX
	JNE  next
	sumBytes(0)
	sumBytes(32)
	sumBytes(64)
	sumBytes(96)
	VZEROUPPER
	RET

// words is bytes for stamps of 16 bits.
#define words(i, y) \
	place(i)                           \
	VPBROADCASTQ (8*i)(BX), y          \
	VPMINUW      Y0, y, y              \
	VPCMPEQW     Y0, y, y              \
	VPADDW       (256*i)(R9)(AX*2), y, y \
	VMOVDQU      y, (256*i)(R9)(AX*2)

// sumWords adds up 32 bytes of the tables.
#define sumWords(at) \
	VPSUBW  (at)(R9), Y15, Y1    \
	VPSUBW  (256+at)(R9), Y1, Y1 \
	VPSUBW  (512+at)(R9), Y1, Y1 \
	VPSUBW  (768+at)(R9), Y1, Y1 \
	VMOVDQU Y1, (at)(DI)

// func countWordsAVX2(sums *[fewWindows * countedSets]uint64, from *[fewWindows]uint64, keys, stamps *uint64, fours int)
TEXT ·countWordsAVX2(SB), 0, $1088-40
	NO_LOCAL_POINTERS
	begin
	VMOVDQU (DX), Y0
	zero(0)
	zero(128)
	zero(256)
	zero(384)
	zero(512)
	zero(640)
	zero(768)
	zero(896)

next:
	words(0, Y1)
	words(1, Y2)
	words(2, Y3)
	words(3, Y4)
	ADDQ $32, SI
	ADDQ $32, BX
	DECQ CX
	JNE  next
	sumWords(0)
	sumWords(32)
	sumWords(64)
	sumWords(96)
	sumWords(128)
	sumWords(160)
	sumWords(192)
	sumWords(224)
	VZEROUPPER
	RET
