#include "textflag.h"
#include "go_asm.h"

// add adds row CX to a set of d: it overwrites AX and tmp.
#define add(set, tmp) \
	MOVQ d+32(FP), AX \
	MOVQ set(AX), tmp \
	BTSQ CX, tmp      \
	MOVQ tmp, set(AX)

// func deriveBMI(s *Sheet, table *[256]usage, drops *[129]cdr.Flags, rings missed, d *derived)
//
// R8 is the usage of the row at SI. R9 is the high water, R10 to R14 are the sums.
TEXT ·deriveBMI(SB), NOSPLIT, $0-40
	MOVQ s+0(FP), DI
	MOVQ table+8(FP), BX
	MOVQ Sheet_from(DI), CX
	MOVQ Sheet_room+room_rows(DI), SI
	MOVQ CX, AX
	SHLQ $7, AX
	ADDQ AX, SI
	MOVQ Sheet_high(DI), R9
	MOVQ Sheet_sums+sums_services(DI), R10
	MOVQ Sheet_sums+sums_talkMS(DI), R11
	MOVQ Sheet_sums+sums_charge(DI), R12
	MOVQ Sheet_sums+sums_first(DI), R13
	MOVQ Sheet_sums+sums_last(DI), R14
	CMPQ CX, Sheet_to(DI)
	JGE  done

row:
	MOVBLZX Sheet_usage(DI)(CX*1), R8
	SHLL    $5, R8
	ADDQ    BX, R8
	MOVBLZX usage_direction(R8), AX
	MOVB    AX, Sheet_direction(DI)(CX*1)

	// The ring time, unknown where it is not told.
	MOVL const_rowRing(SI), AX
	MOVL const_rowTalk(SI), DX
	MOVQ rings+24(FP), R15
	BTQ  CX, R15
	SBBL R15, R15
	NOTL R15
	ORL  AX, R15
	MOVL R15, const_rowRing(SI)

	// The release.
	MOVL    AX, R15
	CMPL    DX, AX
	CMOVLHI DX, R15
	ANDL    usage_longer(R8), R15
	ANDL    usage_ring(R8), AX
	ADDQ    AX, R15
	MOVL    DX, AX
	ANDL    usage_talk(R8), AX
	ADDQ    AX, R15
	ADDQ    const_rowStart(SI), R15
	MOVQ    R15, const_rowRelease(SI)
	CMPQ    R15, R9
	CMOVQGT R15, R9
	MOVQ    Sheet_room+room_highWater(DI), AX
	MOVQ    R9, (AX)(CX*8)

	// The sums.
	CMPQ    R15, R13
	CMOVQLT R15, R13
	CMPQ    R15, R14
	CMOVQGT R15, R14
	ADDQ    usage_services(R8), R10
	ADDQ    const_rowCharge(SI), R12
	MOVL    usage_answered(R8), AX
	ANDL    AX, DX
	ADDQ    DX, R11
	INCL    AX
	ORL     AX, DX
	DECL    DX
	CMPL    DX, $const_longMS
	JCC     noted

parties:
	CMPQ const_rowCalling(SI), $0
	JEQ  absent
	CMPQ const_rowCalled(SI), $0
	JEQ  absent

flags:
	MOVBLZX Sheet_rat(DI)(CX*1), DX
	SHLL    $5, DX
	ORL     usage_flags(R8), DX
	MOVQ    Sheet_cause(DI)(CX*8), AX
	MOVQ    Sheet_room+room_cause(DI), R15
	MOVW    AX, (R15)(CX*2)
	CMPQ    AX, $128
	JCC     large
	MOVQ    drops+16(FP), R15
	ORL     (R15)(AX*4), DX

keep:
	MOVL DX, const_rowFlags(SI)
	CMPB usage_skip(R8), $0
	JNE  skip

next:
	SUBQ $-128, SI
	INCQ CX
	CMPQ CX, Sheet_to(DI)
	JLT  row

done:
	MOVQ R9, Sheet_high(DI)
	MOVQ R10, Sheet_sums+sums_services(DI)
	MOVQ R11, Sheet_sums+sums_talkMS(DI)
	MOVQ R12, Sheet_sums+sums_charge(DI)
	MOVQ R13, Sheet_sums+sums_first(DI)
	MOVQ R14, Sheet_sums+sums_last(DI)
	RET

noted:
	add(derived_noted, DX)
	JMP parties

absent:
	add(derived_absent, DX)
	JMP flags

large:
	add(derived_large, R15)
	JMP keep

skip:
	add(derived_skip, DX)
	JMP next
