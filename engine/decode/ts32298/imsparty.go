package ts32298

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// Alternatives of an InvolvedParty, TS 32.298 clause 5.1.1.
const (
	partySIP = iota
	partyTEL
	partyURN
	partyE164
	partyExternal
)

// How well an address tells who a party is. One party may be told by several: the one
// with the most digits that everybody knows it by is taken.
const (
	noAddress      = iota
	privateAddress // made of an IMSI: it says nothing to anybody else
	namedAddress   // a SIP user, a URN
	digitsAddress  // digits as dialled
	phoneAddress   // digits that are said to be of a telephone
	e164Address    // + and digits
)

// imsAddress is an address of a party.
type imsAddress struct {
	text []byte // digits alone where it has some
	rank int
	e164 bool // digits without a +, which are international all the same
}

// known reports whether others know the party by the address.
func (a *imsAddress) known() bool { return a.rank > privateAddress }

// best is the address of a list of parties, or of one party, that tells most; the first
// of several.
func best(parties []byte) (a imsAddress) {
	for w := ber.Walk(parties); a.rank < e164Address && w.Next(); {
		if b := addressOf(w.Tag.Number(), w.Content); b.rank > a.rank {
			a = b
		}
	}
	return a
}

func addressOf(alternative uint32, text []byte) imsAddress {
	if len(text) > 0 && (text[0] == '<' || text[0] == ' ') {
		text = bytes.Trim(text, " <>")
	}
	if gpsi, ok := bytes.CutPrefix(text, []byte("msisdn-")); ok { // TS 29.571
		text, alternative = gpsi, partyE164
	}
	a := imsAddress{text: text, rank: namedAddress}
	if len(text) == 0 {
		return imsAddress{}
	}
	user, rest := splitURI(text)
	plus := len(user) > 1 && user[0] == '+'
	digits := telephoneDigits(user) || plus && telephoneDigits(user[1:])
	if digits {
		a.text = user
	}
	switch {
	case alternative == partyE164 && digits:
		a.rank, a.e164 = e164Address, !plus
	case !digits:
	case plus:
		a.rank = e164Address
	case alternative == partyTEL || bytes.Contains(rest, []byte("user=phone")):
		a.rank = phoneAddress
	case imsiOf(user, rest) != nil:
		a.rank = privateAddress
	default:
		a.rank = digitsAddress
	}
	return a
}

// splitURI cuts an address into its user, without the scheme, and what follows.
func splitURI(text []byte) (user, rest []byte) {
	for _, scheme := range [...]string{"sip:", "tel:", "sips:"} {
		if hasPrefixFold(text, scheme) {
			text = text[len(scheme):]
			break
		}
	}
	for i, c := range text {
		if c == '@' || c == ';' || c == ':' {
			return text[:i], text[i:]
		}
	}
	return text, nil
}

// hasPrefixFold reports whether b begins with prefix, letters in any case.
func hasPrefixFold(b []byte, prefix string) bool {
	if len(b) < len(prefix) {
		return false
	}
	for i, c := range b[:len(prefix)] {
		if p := prefix[i]; c != p && (c|0x20 != p|0x20 || c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// telephoneDigits reports whether b is digits, which may be separated visually (RFC 3966).
func telephoneDigits(b []byte) bool {
	count := 0
	for _, c := range b {
		switch {
		case c-'0' <= 9:
			count++
		case c != '-' && c != '.' && c != '(' && c != ')':
			return false
		}
	}
	return count > 0
}

// imsiOf is the user of a public identity that is made of an IMSI (TS 23.003, 13.4B):
// its digits begin with the network that its domain names.
func imsiOf(user, rest []byte) []byte {
	if len(user) < 14 || len(user) > 15 || !telephoneDigits(user) {
		return nil
	}
	var room [6]byte
	plmn := appendDomainPLMN(room[:0], rest)
	if len(plmn) == 0 || !bytes.HasPrefix(user, plmn) {
		return nil
	}
	return user
}

// party sets column c to an address, if it is one that others know.
func (r *record) party(c decode.Column, a imsAddress) {
	if !a.known() {
		return
	}
	from := len(r.text)
	if a.e164 {
		r.text = append(r.text, '+')
	}
	r.text = append(r.text, a.text...)
	r.set(c, from)
	if a.rank == e164Address {
		r.international(c)
	}
}
