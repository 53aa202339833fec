package feature

import (
	"math"
	"math/bits"
)

func scale(by float64) float64 {
	if by == 0 {
		return 1
	}
	return by
}

func (c Total) terms() []string { return []string{c.Of} }

func (c Total) bind(b *binder) compute {
	x := b.term(c.Of)
	return func(t *Tile, out *Column) {
		out.Ints = append(out.Ints, t.Column(x)...)
	}
}

func (c Scaled) terms() []string { return []string{c.Of} }

func (c Scaled) bind(b *binder) compute {
	x, by := b.term(c.Of), scale(c.By)
	return func(t *Tile, out *Column) {
		out.addScaled(t.Column(x), by)
	}
}

func (c PerDay) terms() []string { return []string{c.Of} }

func (c PerDay) bind(b *binder) compute {
	return Scaled{c.Of, float64(b.days)}.bind(b)
}

func (c Ratio) terms() []string { return []string{c.Of, c.Over} }

func (c Ratio) bind(b *binder) compute {
	num, den, by := b.term(c.Of), b.term(c.Over), scale(c.By)
	return func(t *Tile, out *Column) {
		out.addQuotients(t.Column(num), t.Column(den), by)
	}
}

func (c Peak) terms() []string { return []string{c.Of, c.Over} }

func (c Peak) bind(b *binder) compute {
	peak, den, by := b.term(c.Of), b.term(c.Over), scale(c.By)
	return func(t *Tile, out *Column) {
		p, d := t.Column(peak), t.Column(den)
		out.addValid(len(out.Floats), d, 0)
		floats := out.addFloats(len(p))
		for r, v := range p {
			floats[r] = zeroUnless(d[r], float64(v)/by)
		}
	}
}

func (c Deviation) terms() []string { return []string{c.Of, c.Squares, c.Over} }

func (c Deviation) bind(b *binder) compute {
	sum, over, by := b.term(c.Of), b.term(c.Over), scale(c.By)
	sq := b.column(b.window, c.Squares)
	return func(t *Tile, out *Column) {
		s, n := t.Column(sum), t.Column(over)
		lo, hi := t.Column(sq), t.Column(sq+1)
		for r := range n {
			if n[r] == 0 {
				out.appendNull()
				continue
			}
			out.appendFloat(deviation(uint64(hi[r]), uint64(lo[r]), uint64(s[r]), uint64(n[r])) / by)
		}
	}
}

// deviation is the population standard deviation of n values with sum s and sum
// of squares hi:lo. With q = s div n and rest = s mod n, the sum of (x - q)^2 is
// hi:lo - 2qs + n*q^2, exactly, and the variance is that / n - (rest / n)^2:
// nothing large is subtracted from anything large in floating point.
func deviation(hi, lo, s, n uint64) float64 {
	q, rest := s/n, s%n
	// 2qs - nq^2 = q(2s - nq) = q(s + rest)
	mhi, mlo := bits.Mul64(q, s+rest)
	dlo, borrow := bits.Sub64(lo, mlo, 0)
	dhi, _ := bits.Sub64(hi, mhi, borrow)
	d := float64(dhi)*0x1p64 + float64(dlo)
	f := float64(rest) / float64(n)
	return math.Sqrt(max(0, d/float64(n)-f*f))
}

func (c Trend) terms() []string { return []string{c.Of} }

func (c Trend) bind(b *binder) compute {
	week, month := b.termOf(c.Of, b.week), b.termOf(c.Of, b.month)
	return func(t *Tile, out *Column) {
		w, m := t.Column(week), t.Column(month)
		for r := range w {
			if t.ages[Tenure][r] < 30 || m[r] == w[r] {
				out.appendNull()
				continue
			}
			out.appendFloat((float64(w[r]) / 7) / (float64(m[r]-w[r]) / 23))
		}
	}
}

func (c Age) terms() []string { return nil }

func (c Age) bind(*binder) compute {
	return func(t *Tile, out *Column) {
		out.addUnless(t.ages[c.Of][:t.Rows], NoAge)
	}
}
