package codebook

import (
	"regexp"
	"strings"
)

// noteKeys are the words by which a note line begins.
var noteKeys = map[string]NoteKind{
	"includes":       Includes,
	"inclusion":      Inclusion,
	"excludes1":      Excludes1,
	"excludes2":      Excludes2,
	"code first":     CodeFirst,
	"use additional": UseAdditional,
	"code also":      CodeAlso,
	"note":           Instruction,
	"definition":     Definition,
}

var seventhLine = regexp.MustCompile(`^([0-9A-Z])\s+(\S.*)$`)

// noteLines reads what is indented below a chapter, section or code line; n is the code's node, nil for the others.
func (sr *starterReader) noteLines(under []block, n *cmNode, add func(NoteKind, []string)) {
	for _, bl := range under {
		key, text, colon := strings.Cut(bl.text, ":")
		key, text = strings.TrimSpace(key), strings.TrimSpace(text)
		var lines []string
		if text != "" {
			lines = append(lines, text)
		}
		for _, u := range bl.under {
			lines = append(lines, u.text)
			if len(u.under) > 0 {
				sr.fail(u.under[0].sourceLine, "indented too deep: a list under a note has one level")
			}
		}
		if kind, ok := noteKeys[key]; ok && colon {
			if len(lines) == 0 {
				sr.fail(bl.sourceLine, "the %s note has no words", key)
				continue
			}
			add(kind, lines)
			continue
		}
		if n == nil {
			sr.fail(bl.sourceLine, "%q is no note; below a chapter or section stand includes, excludes1, excludes2, code first, use additional, code also or note", bl.text)
			continue
		}
		sr.factLine(bl, n, key, lines)
	}
}

func (sr *starterReader) factLine(bl block, n *cmNode, key string, lines []string) {
	text := strings.Join(lines, " ")
	switch key {
	case "7th":
		if len(lines) == 1 && lines[0] == "ADS" {
			n.chars = encounter
			return
		}
		for _, l := range lines {
			m := seventhLine.FindStringSubmatch(l)
			if m == nil {
				sr.fail(bl.sourceLine, "%q is no seventh character: write \"A initial encounter\", or 7th: ADS for the usual three", l)
				continue
			}
			n.chars = append(n.chars, Choice{m[1], m[2]})
		}
	case "poa":
		word, chars, _ := strings.Cut(text, " ")
		if word != "exempt" && text != "reported" {
			sr.fail(bl.sourceLine, "poa is \"exempt\", \"exempt\" with seventh characters, or \"reported\"")
			return
		}
		n.poa = &rule{word, squeeze(chars), n.poa}
	case "cc", "mcc":
		value, chars := strings.ToUpper(key), text
		if text == "none" {
			value, chars = "none", ""
		}
		n.severity = &rule{value, squeeze(chars), n.severity}
	case "manifestation":
		n.manif = true
	case "sex":
		if text != "M" && text != "F" {
			sr.fail(bl.sourceLine, "sex is M or F")
			return
		}
		n.sex = text
	default:
		sr.fail(bl.sourceLine, "%q is no note or fact; notes: includes, inclusion, excludes1, excludes2, code first, use additional, code also, note, definition; facts: 7th, poa, cc, mcc, manifestation, sex", bl.text)
	}
}

func squeeze(s string) string { return strings.ReplaceAll(s, " ", "") }
