// Package numbering is the number plan: it turns what a switch wrote into E.164
// digits and tells country, area and class of a number by longest prefix.
//
// # The table
//
// plan.bin, embedded, is a digit trie made from libphonenumber's metadata by
// internal/gen. Its patterns are walked side by side, digit by digit; the library
// is asked wherever they can tell two numbers apart, and equal subtrees are
// stored once. So a valid number gets exactly the region and type that the
// library gives it, from a table of a third of a megabyte without pointers. A
// walk ends as soon as only the count of digits matters:
//
//	head[91987] the first five digits at once
//	  | 5
//	node --digit--> node --digit--> leaf[count of digits] --> answer: country, class, where the area code stands
//
// A number that is not valid but as long as numbers of its country code may be
// gets what all valid numbers share that begin with its longest valid beginning:
// +1 917 075 0980 is a line of US/917, +7 79x is in Kazakhstan. Where they
// disagree, the country is the main region of the code, the class is unknown and
// there is no area. A number whose length is impossible in international form
// (lengths dialled only locally among them) has no country.
//
// # Classes and areas
//
// Geographic are fixed lines and, where the plan does not separate the two (all
// of the US), lines that may be mobile. Premium are libphonenumber's premium
// ranges, the country codes 870 881 882 883 979 at any length, and the
// configured high-risk prefixes. Other is what is valid and nothing else: shared
// cost, VoIP, personal numbers, pagers. An area is libphonenumber's geographical
// area code, with two differences: under country code 1 it is digits 2-4
// whenever fixed or mobile lines begin with them, and the 9 before the area code
// of an Argentine mobile is not part of it.
//
// # Lists
//
// The configured lists are prefixes and exact numbers of one hash table, asked
// once per length of prefix that occurs in it. An entry written with + never
// matches a short code.
package numbering

//go:generate go run ./internal/gen plan.bin
