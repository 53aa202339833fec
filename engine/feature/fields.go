package feature

import "github.com/cdrstream/cdrstream/engine/window"

// Fields lists every column that a rule may name: those that every row has (home,
// observed_days), then each feature over each window it exists for.
func Fields(families []Family, windows []window.Spec) (all []Field) {
	for _, fam := range families {
		for _, f := range fam.Features() {
			if f.Scope == Fixed {
				all = append(all, Field{Name: f.Name, Type: f.Type, Unit: f.Unit, Formula: f.Formula})
			}
		}
	}
	for _, s := range Columns(families, windows) {
		all = append(all, s.field(windows))
	}
	return all
}
