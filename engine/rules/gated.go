package rules

// Gated lists the columns that the gates of the set's rules look at, each once.
func (s *Set) Gated() (columns []string) {
	seen := make([]bool, len(s.Columns))
	for _, r := range s.Rules {
		for _, c := range r.Gate {
			for _, a := range c {
				if !seen[a.Column] {
					seen[a.Column] = true
					columns = append(columns, s.Columns[a.Column])
				}
			}
		}
	}
	return columns
}
