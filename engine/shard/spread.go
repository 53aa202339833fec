package shard

import "github.com/cdrstream/cdrstream/engine/feature"

// spread copies measures off rows of words to the columns of a tile, for many rows at once:
// what is to be done with a word is looked up once for all of them.
type spread struct {
	words  []wordMove
	octets octets // the same, for processors that take eight words of eight rows at a time
}

func newSpread(moves []move) spread { return spread{wordMoves(moves), newOctets(moves)} }

// fill fills the columns off rows, which are as long as each other. A measure is read from
// the sum of two words: its own and the one so many words behind, unless that is 0.
func (s *spread) fill(t *feature.Tile, rows [][]uint64, behind int) {
	done := s.octets.fill(t, rows, behind)
	if done == len(rows) {
		return
	}
	for i := range s.words {
		s.words[i].fill(t, rows, done, behind)
	}
}

// wordMove copies the measures in a word of a row to their columns of a tile.
type wordMove struct {
	move
	upper int // the column of the second count of the word; the first is that of move. -1: there is one measure
}

// lowerHalf is the mask of the first of two counts in a word.
const lowerHalf = 1<<32 - 1

// wordMoves is moves, two counts of the same word together.
func wordMoves(moves []move) (all []wordMove) {
	for _, m := range moves {
		if n := len(all); n > 0 && m.word == all[n-1].word && m.shift == 32 && m.mask == lowerHalf && all[n-1].shift == 0 && all[n-1].mask == lowerHalf {
			all[n-1].upper = m.column
			continue
		}
		all = append(all, wordMove{m, -1})
	}
	return all
}

// fill is that of spread for the rows from one on.
func (m *wordMove) fill(t *feature.Tile, rows [][]uint64, from, behind int) {
	out := t.Column(m.column)[from:len(rows)]
	a, b := m.word, m.word+behind
	switch rows := rows[from:]; {
	case m.upper >= 0 && behind != 0:
		upper := t.Column(m.upper)[from:][:len(rows)]
		for r, row := range rows {
			v := row[a] + row[b]
			out[r], upper[r] = int64(uint32(v)), int64(v>>32)
		}
	case m.upper >= 0:
		upper := t.Column(m.upper)[from:][:len(rows)]
		for r, row := range rows {
			v := row[a]
			out[r], upper[r] = int64(uint32(v)), int64(v>>32)
		}
	case behind != 0:
		shift, mask := m.shift&63, m.mask
		for r, row := range rows {
			out[r] = int64((row[a] + row[b]) >> shift & mask)
		}
	default:
		shift, mask := m.shift&63, m.mask
		for r, row := range rows {
			out[r] = int64(row[a] >> shift & mask)
		}
	}
}
