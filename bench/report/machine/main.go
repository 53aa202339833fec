// Machine prints what the benchmarks run on, for the head of a baseline.
package main

import (
	"fmt"

	"github.com/cdrstream/cdrstream/bench/report"
)

func main() { fmt.Println(report.Machine()) }
