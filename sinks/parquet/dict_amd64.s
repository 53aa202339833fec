#include "textflag.h"

DATA above<>+0(SB)/8, $0xFFFFFFFFFFFFFF00
GLOBL above<>(SB), RODATA|NOPTR, $8
DATA largest<>+0(SB)/2, $0x00FF
GLOBL largest<>(SB), RODATA|NOPTR, $2
DATA one<>+0(SB)/2, $1
GLOBL one<>(SB), RODATA|NOPTR, $2

// Where the bytes of eight words stand when the words do so byte by byte.
DATA across<>+0(SB)/8, $0x3830282018100800
DATA across<>+8(SB)/8, $0x3931292119110901
DATA across<>+16(SB)/8, $0x3A322A221A120A02
DATA across<>+24(SB)/8, $0x3B332B231B130B03
DATA across<>+32(SB)/8, $0x3C342C241C140C04
DATA across<>+40(SB)/8, $0x3D352D251D150D05
DATA across<>+48(SB)/8, $0x3E362E261E160E06
DATA across<>+56(SB)/8, $0x3F372F271F170F07
GLOBL across<>(SB), RODATA|NOPTR, $64

// table makes 64 slots two tables of a byte each: the numbers, and whether there is none.
#define table(i, y, number, z, missing) \
	VMOVDQU64 (128*i)(DX), Z0      \
	VMOVDQU64 (128*i+64)(DX), Z1   \
	VPSUBW    Z30, Z0, Z0          \
	VPSUBW    Z30, Z1, Z1          \
	VPCMPUW   $6, Z31, Z0, K1      \
	VPCMPUW   $6, Z31, Z1, K2      \
	KUNPCKDQ  K1, K2, K1           \
	VPMOVM2B  K1, missing          \
	VPMOVWB   Z0, y                \
	VPMOVWB   Z1, Y2               \
	VINSERTI64X4 $1, Y2, z, number

// next puts the i-th eight values into byte i of the words Z0, and into Z1 whatever bits
// they have.
#define next(i) \
	VMOVDQU64 (64*i)(SI), Z2 \
	VPORQ     Z2, Z1, Z1     \
	VPSLLQ    $(8*i), Z2, Z2 \
	VPORQ     Z2, Z0, Z0

// func numberAVX512(out *byte, values *int64, n int, small *[byteValues]uint16) int
TEXT ·numberAVX512(SB), NOSPLIT, $0-40
	MOVQ out+0(FP), DI
	MOVQ values+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ small+24(FP), DX
	VPBROADCASTW one<>(SB), Z30
	VPBROADCASTW largest<>(SB), Z31
	table(0, Y16, Z16, Z16, Z20)
	table(1, Y17, Z17, Z17, Z21)
	table(2, Y18, Z18, Z18, Z22)
	table(3, Y19, Z19, Z19, Z23)
	VPBROADCASTQ above<>(SB), Z24
	VMOVDQU64 across<>(SB), Z25
	XORL AX, AX

more:
	VMOVDQU64 (SI), Z0
	VMOVDQA64 Z0, Z1
	next(1)
	next(2)
	next(3)
	next(4)
	next(5)
	next(6)
	next(7)
	VPERMB    Z0, Z25, Z0
	VPTESTMQ  Z24, Z1, K3
	VPMOVB2M  Z0, K2
	VMOVDQA64 Z0, Z1
	VMOVDQA64 Z0, Z2
	VMOVDQA64 Z0, Z3
	VPERMI2B  Z17, Z16, Z1
	VPERMI2B  Z19, Z18, Z0
	VPERMI2B  Z21, Z20, Z2
	VPERMI2B  Z23, Z22, Z3
	VMOVDQU8  Z0, K2, Z1
	VMOVDQU8  Z3, K2, Z2
	VPTESTMB  Z2, Z2, K4
	KORTESTB  K3, K3
	JNE       done
	KORTESTQ  K4, K4
	JNE       done
	VMOVDQU64 Z1, (DI)
	INCQ AX
	ADDQ $512, SI
	ADDQ $64, DI
	CMPQ AX, CX
	JLT  more

done:
	MOVQ AX, ret+32(FP)
	VZEROUPPER
	RET
