package codebook

// CodeTitle is the title of a code or header as of the newest release, for chips in a text. set and code are as people write them; ok is
// false when there is no such code.
func (b *Book) CodeTitle(set, code string) (title string, ok bool) {
	sys, err := ParseSystem(set)
	if err != nil {
		return "", false
	}
	c, err := ParseCode(sys, code)
	if err != nil {
		return "", false
	}
	e, err := b.Lookup(sys, c, Date{})
	return e.Title, err == nil
}
