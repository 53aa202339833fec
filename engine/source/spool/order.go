package spool

import (
	"cmp"
	"strings"
)

// inOrder compares two names relative to the directory, element by element, as a
// walk through the directories would meet them.
func inOrder(order string) func(a, b string) int {
	element := strings.Compare
	if order == BySequence {
		element = sequence
	}
	return func(a, b string) int {
		for {
			headA, restA, moreA := strings.Cut(a, "/")
			headB, restB, moreB := strings.Cut(b, "/")
			if c := element(headA, headB); c != 0 {
				return c
			}
			if !moreA || !moreB {
				return cmp.Compare(len(restA), len(restB))
			}
			a, b = restA, restB
		}
	}
}

// sequence compares names of which the runs of digits count as numbers. Of equal
// numbers the one with fewer zeros in front comes first, if nothing else differs.
func sequence(a, b string) int {
	wholeA, wholeB := a, b
	for a != "" && b != "" {
		digitsA, digitsB := digits(a), digits(b)
		if digitsA == 0 || digitsB == 0 {
			if c := cmp.Compare(a[0], b[0]); c != 0 {
				return c
			}
			a, b = a[1:], b[1:]
			continue
		}
		if c := number(a[:digitsA], b[:digitsB]); c != 0 {
			return c
		}
		a, b = a[digitsA:], b[digitsB:]
	}
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c
	}
	if c := cmp.Compare(len(wholeA), len(wholeB)); c != 0 {
		return c
	}
	return strings.Compare(wholeA, wholeB)
}

// digits is how many digits s begins with.
func digits(s string) (n int) {
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// number compares runs of digits of any length by value.
func number(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}
