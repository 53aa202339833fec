// Package table is the number plan as bytes: a minimal digit trie that tells
// country, class and area length of a number, and for every region what is
// needed to turn a national number into an international one. The generator
// writes it from libphonenumber's metadata, engine/numbering embeds and reads it.
//
// The file, little-endian, after the magic "cdrplan1":
//
//	text      version of the metadata
//	u16s      node rows, 11 each: the child for each digit, then the answer for a number that ends here
//	u16s      leaf rows, 17 each: the answer by the count of digits of the number
//	u32s      answers
//	regions   name, country code, length masks, root of the viability trie, strip rules
//
// A child below the count of nodes is a node, from there on a leaf; node 0 is
// the root. All answers are indexes; answer 0 is nothing known.
package table

// Sizes of the rows.
const (
	NodeRow = 11 // ten digits and the end
	LeafRow = 17 // numbers of 0 to 16 digits
	End     = 10 // slot of a node row for numbers that end there
)

// Answer is what the trie tells of a number:
//
//	bits 0-9   country as numbering counts it, 0 unknown
//	bits 10-13 class (cdr.Class)
//	bits 14-17 where the area code begins, counted from the first digit of the number
//	bits 18-20 length of the area code, 0 none
//	bit 21     the number is valid
type Answer uint32

// NewAnswer packs an answer.
func NewAnswer(country, class, areaFrom, areaLen int, valid bool) Answer {
	a := Answer(country | class<<10 | areaFrom<<14 | areaLen<<18)
	if valid {
		a |= 1 << 21
	}
	return a
}

// Country returns the country.
func (a Answer) Country() int { return int(a & 1023) }

// Class returns the class.
func (a Answer) Class() int { return int(a >> 10 & 15) }

// Area returns where the area code stands in the number.
func (a Answer) Area() (from, length int) { return int(a >> 14 & 15), int(a >> 18 & 7) }

// HasArea reports whether it has an area.
func (a Answer) HasArea() bool { return a>>18&7 != 0 }

// Valid reports whether libphonenumber counts the number as valid.
func (a Answer) Valid() bool { return a>>21&1 != 0 }

// Table is the number plan in memory.
type Table struct {
	Version string
	Nodes   []uint16 // rows of NodeRow
	Leaves  []uint16 // rows of LeafRow
	Answers []Answer
	Regions []Region // ascending by Name
}

// Region is what it takes to read national numbers of one region.
type Region struct {
	Name     string // ISO 3166
	Code     string // E.164 country code
	Possible uint32 // bit n: national numbers of n digits exist
	Local    uint32 // bit n: n digits can be dialled within an area only
	Viable   uint16 // root (node or leaf) of a trie whose valid answers are the region's numbers
	Before   string // put before the captured digits when a rule captures
	Strips   []Strip
}

// Strip is one way that a national prefix may be written: one mask a digit, bit
// d of it allows the digit d. Of a region's strips the first that matches counts.
type Strip struct {
	Masks    []uint16
	ToEnd    bool // matches whole numbers only
	Captures bool // the matched digits become Region.Before and digits From to To of them, else they go
	From, To uint8
}

// CountryCode numbers countries by their name alone, so that the numbers may be
// kept: two letters give 1 to 676, a country code of no region (881) stands for
// itself. Anything else is 0.
func CountryCode(name string) int {
	letter := func(c byte) bool { return c >= 'A' && c <= 'Z' }
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	switch {
	case len(name) == 2 && letter(name[0]) && letter(name[1]):
		return 1 + 26*int(name[0]-'A') + int(name[1]-'A')
	case len(name) == 3 && name[0] >= '8' && name[0] <= '9' && digit(name[1]) && digit(name[2]):
		return 100*int(name[0]-'0') + 10*int(name[1]-'0') + int(name[2]-'0')
	}
	return 0
}

// CountryName is the inverse of CountryCode, "" for a number it never gives.
func CountryName(code int) string {
	switch {
	case code >= 1 && code <= 676:
		return string([]byte{'A' + byte((code-1)/26), 'A' + byte((code-1)%26)})
	case code >= 800 && code <= 999:
		return string([]byte{'0' + byte(code/100), '0' + byte(code/10%10), '0' + byte(code%10)})
	}
	return ""
}
