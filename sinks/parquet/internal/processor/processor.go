// Package processor tells whether the machine has the vectors that the encoders have a faster
// way with; engine/internal/processor tells the engine. GODEBUG=cpu.avx512f=off makes it a
// machine without: the files are the same.
package processor

import "golang.org/x/sys/cpu"

// AVX512 reports whether there are AVX2, BMI2 and, of AVX-512, F, DQ, BW, VL, VBMI and VBMI2.
// It is false on other machines than amd64.
var AVX512 = cpu.X86.HasAVX2 && cpu.X86.HasBMI2 && cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ &&
	cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512VBMI && cpu.X86.HasAVX512VBMI2
