package backtest

// Rate is a quotient; nil where its denominator is 0.
type Rate *float64

func rate(of, over float64) Rate {
	if over == 0 {
		return nil
	}
	v := of / over
	return &v
}

// Precision is TP / (TP + FP): of those flagged whose truth is known, how many are
// fraud.
func (s *Score) Precision() Rate { return rate(float64(s.TP), float64(s.TP+s.FP)) }

// Recall is TP / (TP + FN): of the fraud, how much is flagged.
func (s *Score) Recall() Rate { return rate(float64(s.TP), float64(s.TP+s.FN)) }

// FalsePositiveRate is FP / (FP + TN): of the honest, how many are flagged.
func (s *Score) FalsePositiveRate() Rate { return rate(float64(s.FP), float64(s.FP+s.TN)) }

// PrecisionAt is the precision that recall and false-positive rate mean where the
// share p of all subscribers is fraud.
func (s *Score) PrecisionAt(p float64) Rate {
	recall, wrong := s.Recall(), s.FalsePositiveRate()
	if recall == nil || wrong == nil {
		return nil
	}
	return rate(*recall*p, *recall*p+*wrong*(1-p))
}

// Recall is the share of the kind that is flagged.
func (k *KindScore) Recall() Rate { return rate(float64(k.Flagged), float64(k.Subscribers)) }
