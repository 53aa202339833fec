#include "textflag.h"
#include "go_asm.h"

// begin loads an eye: R8 the tags of its block, the first 64 of which are in Y0 and Y1, R9 the
// stamps and R10 the keys. R11, R12, R14 and R15 have a bit for each item that there is, 64 each.
// SI are the sightings and DX how many are left.
#define begin \
	MOVQ    e+0(FP), AX                          \
	MOVQ    (eye_block+block_words)(AX), R8      \
	MOVQ    (eye_block+block_stamps)(AX), R9     \
	MOVQ    (eye_block+block_keys)(AX), R10      \
	MOVQ    eye_n(AX), CX                        \
	MOVQ    list+8(FP), SI                       \
	MOVQ    n+16(FP), DX                         \
	ADDQ    $8, R8                               \
	MOVQ    $-1, AX                              \
	XORL    BX, BX                               \
	BZHIQ   CX, AX, R11                          \
	SUBQ    $64, CX                              \
	CMOVQLT BX, CX                               \
	BZHIQ   CX, AX, R12                          \
	SUBQ    $64, CX                              \
	CMOVQLT BX, CX                               \
	BZHIQ   CX, AX, R14                          \
	SUBQ    $64, CX                              \
	CMOVQLT BX, CX                               \
	BZHIQ   CX, AX, R15                          \
	VMOVDQU (R8), Y0                             \
	VMOVDQU 32(R8), Y1

// like sets AX to a bit for each of some 64 items whose tag is that in all of Y4, and ZF if
// there is none.
#define like(a, b, there) \
	VPCMPEQB  a, Y4, Y5 \
	VPCMPEQB  b, Y4, Y6 \
	VPMOVMSKB Y5, AX    \
	VPMOVMSKB Y6, BX    \
	SHLQ      $32, BX   \
	ORQ       BX, AX    \
	ANDQ      there, AX

// among is the search of find among the 64 items from one on, if there are any; it ends at some
// label if it is none of them.
#define among(from, there, none, next) \
	TESTQ   there, there          \
	JEQ     new                   \
	VMOVDQU (from)(R8), Y2        \
	VMOVDQU (from+32)(R8), Y3     \
	like(Y2, Y3, there)           \
	JEQ     none                  \
next:                             \
	TZCNTQ  AX, CX                \
	ADDQ    $from, CX             \
	CMPQ    DI, (R10)(CX*8)       \
	JEQ     found                 \
	BLSRQ   AX, AX                \
	JNE     next

// find sets CX to the place of the item that is seen, whose key is DI. One that is not there it
// adds as items.add does, or goes to done where it is not plain or there is no room. Tags that
// have just been stored would be waited for, so a new one goes to Y0 or Y1, too.
#define find \
again:                                            \
	VPBROADCASTB (sighting_hash+7)(SI), Y4        \
	like(Y0, Y1, R11)                             \
	MOVQ         sighting_key(SI), DI             \
	JEQ          others                           \
candidate:                                        \
	TZCNTQ       AX, CX                           \
	CMPQ         DI, (R10)(CX*8)                  \
	JEQ          found                            \
	BLSRQ        AX, AX                           \
	JNE          candidate                        \
others:                                           \
	among(64, R12, third, other)                  \
third:                                            \
	among(128, R14, fourth, ofThird)              \
fourth:                                           \
	among(192, R15, new, ofFourth)                \
new:                                              \
	MOVQ         DI, BX                           \
	SHRQ         $const_setShift, BX              \
	LEAL         -1(BX), AX                       \
	ANDL         $7, AX                           \
	CMPB         -8(R8)(AX*1), $1                 \
	SBBL         CX, CX                           \
	ANDL         $const_itemSets, CX              \
	ADDL         CX, BX                           \
	MOVQ         e+0(FP), R13                     \
	MOVQ         eye_it(R13), CX                  \
	MOVL         items_plain(CX), CX              \
	BTL          BX, CX                           \
	JCC          done                             \
	MOVQ         eye_n(R13), CX                   \
	CMPQ         CX, eye_room(R13)                \
	JGE          done                             \
	INCQ         eye_n(R13)                       \
	INCB         -8(R8)(AX*1)                     \
	MOVBLZX      (sighting_hash+7)(SI), AX        \
	MOVB         AX, (R8)(CX*1)                   \
	MOVQ         DI, (R10)(CX*8)                  \
	STC                                           \
	ADCQ         R11, R11                         \
	ADCQ         R12, R12                         \
	ADCQ         R14, R14                         \
	ADCQ         R15, R15                         \
	VMOVD        CX, X5                           \
	VPBROADCASTB X5, Y5                           \
	VPCMPEQB     places<>+0(SB), Y5, Y6           \
	VPBLENDVB    Y6, Y4, Y0, Y0                   \
	VPCMPEQB     places<>+32(SB), Y5, Y6          \
	VPBLENDVB    Y6, Y4, Y1, Y1                   \
found:

// next goes on with the next sighting, if there is one, and ends.
#define next \
	ADDQ $sighting__size, SI   \
	DECQ DX                    \
	JNE  again                 \
done:                          \
	MOVQ n+16(FP), AX          \
	SUBQ DX, AX                \
	MOVQ AX, seen+24(FP)       \
	VZEROUPPER                 \
	RET

// func seeShortAVX2(e *eye, list *sighting, n int) (seen int)
TEXT ·seeShortAVX2(SB), NOSPLIT, $0-32
	begin
	find
	MOVBLZX sighting_mask(SI), BX
	PDEPL   lanes<>+0(SB), BX, BX
	MOVL    sighting_stamp(SI), AX
	IMULL   BX, AX
	MOVL    BX, DI
	SHLL    $8, DI
	SUBL    BX, DI
	ANDNL   (R9)(CX*4), DI, DI
	ORL     AX, DI
	MOVL    DI, (R9)(CX*4)
	next

// func seeWordAVX2(e *eye, list *sighting, n int) (seen int)
TEXT ·seeWordAVX2(SB), NOSPLIT, $0-32
	begin
	find
	MOVBLZX sighting_mask(SI), BX
	PDEPQ   lanes<>+8(SB), BX, BX
	MOVL    sighting_stamp(SI), AX
	IMULQ   BX, AX
	MOVQ    BX, DI
	SHLQ    $16, DI
	SUBQ    BX, DI
	ANDNQ   (R9)(CX*8), DI, DI
	ORQ     AX, DI
	MOVQ    DI, (R9)(CX*8)
	next

// lanes have a 1 in each lane of a stamp.
DATA lanes<>+0(SB)/8, $0x01010101
DATA lanes<>+8(SB)/8, $0x0001000100010001
GLOBL lanes<>(SB), RODATA|NOPTR, $16

// places are the bytes from 0 to 63.
DATA places<>+0(SB)/8, $0x0706050403020100
DATA places<>+8(SB)/8, $0x0f0e0d0c0b0a0908
DATA places<>+16(SB)/8, $0x1716151413121110
DATA places<>+24(SB)/8, $0x1f1e1d1c1b1a1918
DATA places<>+32(SB)/8, $0x2726252423222120
DATA places<>+40(SB)/8, $0x2f2e2d2c2b2a2928
DATA places<>+48(SB)/8, $0x3736353433323130
DATA places<>+56(SB)/8, $0x3f3e3d3c3b3a3938
GLOBL places<>(SB), RODATA|NOPTR, $64
