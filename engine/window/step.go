package window

import "math/bits"

// Step is one change of a word of a row. Counts that a leg adds to both halves of a word
// are one step: Low is what it adds to a word of a quantity, High to its upper half.
type Step struct {
	Word      uint16
	Of        Quantity
	Do        Action
	Low, High uint8
}

// Steps returns what a leg of class c changes in a row of grid g, which is not of days,
// see [Apply].
func (p *Program) Steps(c int32, g int) []Step { return p.steps.of(p.changes[g][c]) }

// KindSteps returns what a leg of kind k changes in a row of grid g, which is not of days.
func (p *Program) KindSteps(k int32, g int) []Step { return p.kinds[k].steps[g] }

// Apply changes row as steps say, for a leg with the quantities q.
func Apply(row []uint64, steps []Step, q *Quantities) {
	for _, x := range steps {
		v := q[x.Of&(quantities-1)]
		if x.Do == Add {
			row[x.Word] += v * (uint64(x.Low) | uint64(x.High)<<32)
			continue
		}
		x.other(row, v)
	}
}

// other does what is no addition.
func (x Step) other(row []uint64, v uint64) {
	switch x.Do {
	case Square:
		hi, lo := bits.Mul64(v, v)
		row[x.Word] += lo & (1<<32 - 1)
		row[x.Word+1] += lo >> 32
		row[x.Word+2] += hi
	case Raise:
		row[x.Word] = max(row[x.Word], v)
	default: // Set
		row[x.Word] |= uint64(x.Low) | uint64(x.High)<<32
	}
}

// stepsOf makes steps of ops: additions first, those of a quantity to the halves of a word
// at once.
func stepsOf(ops []Op) (steps []Step) {
	var others []Step
	for _, op := range ops {
		x := Step{Word: op.Word, Of: op.Of, Do: op.Do, Low: 1}
		if op.Shift > 0 {
			x.Low, x.High = 0, 1
		}
		n := len(steps)
		switch {
		case op.Do != Add:
			others = append(others, x)
		case n > 0 && steps[n-1].Word == x.Word && steps[n-1].Of == x.Of:
			steps[n-1].Low, steps[n-1].High = steps[n-1].Low|x.Low, steps[n-1].High|x.High
		default:
			steps = append(steps, x)
		}
	}
	return append(steps, others...)
}

// span is a part of a pool.
type span struct {
	at uint32
	n  uint32
}

// pool holds lists of steps, each of which is there once however many classes share it.
type pool struct {
	all   []Step
	known map[string]span // by text of the ops that they are made of
	text  []byte
}

func (p *pool) of(x span) []Step { return p.all[x.at:][:x.n:x.n] }

// add adds the steps of ops.
func (p *pool) add(ops []Op) span {
	p.text = appendOps(p.text[:0], ops)
	x, ok := p.known[string(p.text)]
	if !ok {
		steps := stepsOf(ops)
		x = span{uint32(len(p.all)), uint32(len(steps))}
		p.all = append(p.all, steps...)
		p.known[string(p.text)] = x
	}
	return x
}

// appendOps appends a text of ops that tells them from any others.
func appendOps(dst []byte, ops []Op) []byte {
	for _, op := range ops {
		dst = append(dst, byte(op.Word), byte(op.Word>>8), op.Shift, byte(op.Do), byte(op.Of))
	}
	return dst
}
