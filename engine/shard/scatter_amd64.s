#include "textflag.h"

// func scatterLegs(to *[1 << queueBits]queue, legs *queued, n int) int
//
// The line that a queue comes to after the one that is written is asked for with every leg:
// it takes some hundred legs of other queues until it is written to.
TEXT ·scatterLegs(SB), NOSPLIT, $0-32
	MOVQ to+0(FP), DI
	MOVQ legs+8(FP), SI
	MOVQ n+16(FP), R9
	XORQ R10, R10
next:
	MOVQ   (SI), AX
	MOVQ   8(SI), BX
	MOVQ   AX, CX
	SHLQ   $6, CX
	SHRQ   $57, CX
	SHLQ   $5, CX
	ADDQ   DI, CX              // its queue
	MOVL   24(CX), DX
	CMPQ   DX, 8(CX)
	JAE    full
	MOVQ   DX, R8
	SHLQ   $4, R8
	ADDQ   (CX), R8            // its place
	MOVQ   AX, (R8)
	MOVQ   BX, 8(R8)
	PREFETCHT0 64(R8)
	INCL   DX
	MOVL   DX, 24(CX)
	ADDQ   $16, SI
	INCQ   R10
	CMPQ   R10, R9
	JB     next
full:
	MOVQ R10, ret+24(FP)
	RET
