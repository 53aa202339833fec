// Package numbering is the number plan: it turns what a switch wrote into E.164
// digits and tells country, area and class of a number by longest prefix.
package numbering

// Normalizer applies a source's number rules.
type Normalizer struct{}
