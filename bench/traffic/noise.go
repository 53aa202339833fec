package traffic

// noise is what happens to records on their way: jitter, duplicates, damage.
// Its draws are a stream of their own.
type noise struct {
	r                    *random
	jitter               int64  // ms
	duplicate, malformed uint64 // chances, of 2^32
}

// copyOf is a duplicate to be: of which record of the attempt, how much later.
type copyOf struct {
	record int
	delay  int64 // ms
}

func newNoise(c *Config) noise {
	return noise{
		r:         newRandom(c.Seed, 3),
		jitter:    c.Disorder.Milliseconds(),
		duplicate: uint64(c.Duplicate * (1 << 32)),
		malformed: uint64(c.Malformed * (1 << 32)),
	}
}

// touch marks what is going to happen to the records of t and sets when they
// are written, at the latest in the last millisecond before to. A damaged
// record has no duplicate; half of the duplicates follow at once.
func (n *noise) touch(t *attempt, to int64) {
	for i := range t.records {
		r := &t.records[i]
		r.Written = r.Release()
		if n.jitter > 0 {
			r.Written = min(to-1, r.Written+n.r.between(0, n.jitter))
		}
		switch {
		case n.malformed > 0 && n.r.u64()>>32 < n.malformed:
			r.Malformed = Damage(1 + n.r.below(uint64(damages)))
			r.scar = uint32(n.r.u64())
		case n.duplicate > 0 && n.r.u64()>>32 < n.duplicate:
			delay := int64(0)
			if n.r.in1000(500) {
				delay = n.r.between(1, DuplicateDelay.Milliseconds())
			}
			t.copies = append(t.copies, copyOf{record: i, delay: delay})
		}
	}
	t.cost = int64(len(t.records) + len(t.copies))
}
