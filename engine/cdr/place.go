package cdr

// Place says where a number lies and what kind of number it is, in one word
// that engine/numbering fills and the fold compares without looking inside:
//
//	bits 0-31  area, 0 unknown
//	bits 32-47 country, 0 unknown
//	bits 48-51 class
//	bits 52-59 lists that the number is on
type Place uint64

// Country is an ISO 3166 region, or an E.164 country code of no region (881,
// 979 ...), as engine/numbering counts them. 0 is unknown.
type Country uint16

// Area is a country and an area code together. 0 is unknown.
type Area uint32

// Class is the kind of a number.
type Class uint8

// The classes.
const (
	ClassUnknown Class = iota
	ClassGeographic
	ClassMobile
	ClassTollFree
	ClassPremium
	ClassShortCode
	ClassOther
)

// List is a set of the configured lists of numbers.
type List uint8

// The lists.
const (
	ListHome      List = 1 << iota // home_numbers
	ListHot                        // hotlist
	ListCare                       // care_numbers
	ListVoicemail                  // voicemail_numbers
	ListService                    // service_numbers: never a contact
)

// NewPlace packs a place.
func NewPlace(c Country, a Area, k Class, l List) Place {
	return Place(a) | Place(c)<<32 | Place(k)<<48 | Place(l)<<52
}

// Country returns the country of p.
func (p Place) Country() Country { return Country(p >> 32) }

// Area returns the area of p.
func (p Place) Area() Area { return Area(p) }

// Class returns the class of p.
func (p Place) Class() Class { return Class(p>>48) & 15 }

// On reports whether the number of p is on any of the lists l.
func (p Place) On(l List) bool { return List(p>>52)&l != 0 }
