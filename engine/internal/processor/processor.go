// Package processor tells what the processor and the system offer beyond what every machine
// has. Who has a faster way with that asks here once, when the program starts.
// GODEBUG=cpu.avx2=off makes it a machine without: what is computed is the same.
package processor

import "golang.org/x/sys/cpu"

// AVX2 reports whether there are AVX2 and, as in all processors that have it, both parts of
// BMI and POPCNT. It is false on other machines than amd64.
var AVX2 = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasBMI2 && cpu.X86.HasPOPCNT

// AVX512 reports whether there are, besides AVX2, those parts of AVX-512 that move and count
// bytes: F, DQ, CD, BW, VL, VBMI and VBMI2.
var AVX512 = AVX2 && cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512CD && cpu.X86.HasAVX512BW &&
	cpu.X86.HasAVX512VL && cpu.X86.HasAVX512VBMI && cpu.X86.HasAVX512VBMI2
