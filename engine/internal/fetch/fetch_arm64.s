#include "textflag.h"

// func lines(from unsafe.Pointer, n uintptr)
TEXT ·lines(SB), NOSPLIT, $0-16
	MOVD from+0(FP), R0
	MOVD n+8(FP), R1
	ADD  R0, R1
again:
	PRFM (R0), PLDL1KEEP
	ADD  $64, R0
	CMP  R1, R0
	BLO  again
	RET

// func each(at *unsafe.Pointer, n int)
TEXT ·each(SB), NOSPLIT, $0-16
	MOVD at+0(FP), R0
	MOVD n+8(FP), R1
again:
	MOVD.P 8(R0), R2
	PRFM (R2), PLDL1KEEP
	SUBS $1, R1
	BNE  again
	RET
