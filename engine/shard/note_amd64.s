#include "textflag.h"
#include "go_asm.h"

// func noteAVX512(to *notes, forms *form, kinds, classes *int32, times *cdr.Millis, quantities *window.Quantities, n int, start cdr.Millis) (ok bool)
TEXT ·noteAVX512(SB), NOSPLIT, $0-65
	MOVQ to+0(FP), DI
	MOVQ forms+8(FP), R9
	ADDQ $(2*form__size), R9 // the form of kind 0
	MOVQ kinds+16(FP), R10
	MOVQ classes+24(FP), R11
	MOVQ times+32(FP), R13
	MOVQ quantities+40(FP), BX
	MOVQ n+48(FP), R14
	MOVQ start+56(FP), R15
	XORL R12, R12        // the leg
	XORL DX, DX          // its spot
	VPXORQ Z1, Z1, Z1    // all quantities, by OR
leg:
	MOVLQSX (R11)(R12*4), AX
	MOVLQSX (R10)(AX*4), AX
	LEAQ (AX)(AX*2), AX
	LEAQ (R9)(AX*8), AX  // its form
	MOVL DX, notes_spots(DI)(R12*4)
	MOVWLZX DX, CX
	KMOVB form_set(AX), K1
	VMOVDQU64.Z (BX), K1, Z0
	VPORQ Z0, Z1, Z1
	VPMOVQD Z0, Y0
	VPCOMPRESSD.Z Y0, K1, Y0
	VMOVDQU Y0, (notes_words+8)(DI)(CX*4)
	ADDL form_size(AX), DX
	MOVQ form_head(AX), AX
	ADDQ (R13)(R12*8), AX
	SUBQ R15, AX
	MOVQ AX, notes_words(DI)(CX*4)
	ADDQ $64, BX
	INCQ R12
	CMPQ R12, R14
	JLT  leg
	MOVL DX, notes_spots(DI)(R12*4)
	VPSRLQ $32, Z1, Z1
	VPTESTMQ Z1, Z1, K1
	KMOVB K1, AX
	TESTL AX, AX
	SETEQ ok+64(FP)
	VZEROUPPER
	RET
