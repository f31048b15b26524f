package server_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// A checker validates JSON values by JSON Schema as far as the document of the API uses it. A keyword that it does not know is a failure, so
// that nothing passes for not being understood. Unlike a client it refuses properties that the schema does not name.
type checker struct{ doc map[string]any }

// notes are keywords that say nothing about what is valid.
var notes = []string{"description", "default"}

func (k checker) at(ref string) any {
	var v any = k.doc
	for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[part]
	}
	return v
}

// check lists what is wrong with a value, each with where it stands.
func (k checker) check(at string, s any, v any) (wrong []string) {
	m, ok := s.(map[string]any)
	if !ok {
		return []string{at + ": there is no schema"}
	}
	bad := func(f string, args ...any) { wrong = append(wrong, at+": "+fmt.Sprintf(f, args...)) }
	for word, arg := range m {
		switch word {
		case "$ref":
			wrong = append(wrong, k.check(at, k.at(arg.(string)), v)...)
		case "type":
			if !k.isType(arg, v) {
				bad("%v is no %v", v, arg)
			}
		case "anyOf":
			fits := false
			for _, one := range arg.([]any) {
				fits = fits || len(k.check(at, one, v)) == 0
			}
			if !fits {
				bad("fits none of anyOf")
				for _, one := range arg.([]any) {
					wrong = append(wrong, k.check(at, one, v)...)
				}
			}
		case "enum":
			if !slices.Contains(arg.([]any), v) {
				bad("%v is none of %v", v, arg)
			}
		case "format":
			if text, ok := v.(string); ok && arg == "date-time" {
				if _, err := time.Parse(time.RFC3339Nano, text); err != nil || !strings.HasSuffix(text, "Z") {
					bad("%q is no moment in UTC", text)
				}
			} else if arg != "date-time" {
				bad("the format %v is not known", arg)
			}
		case "items":
			for i, x := range asList(v) {
				wrong = append(wrong, k.check(fmt.Sprintf("%s[%d]", at, i), arg, x)...)
			}
		case "minItems", "maxItems":
			if l, ok := v.([]any); ok && outside(word, float64(len(l)), arg) {
				bad("%d items, %s is %v", len(l), word, arg)
			}
		case "minLength", "maxLength":
			if t, ok := v.(string); ok && outside(word, float64(len([]rune(t))), arg) {
				bad("%q, %s is %v", t, word, arg)
			}
		case "minimum", "maximum":
			if n, ok := v.(float64); ok && outside(word, n, arg) {
				bad("%v, %s is %v", n, word, arg)
			}
		case "required":
			if o, ok := v.(map[string]any); ok {
				for _, name := range arg.([]any) {
					if _, there := o[name.(string)]; !there {
						bad("%v is missing", name)
					}
				}
			}
		case "properties":
			o, _ := v.(map[string]any)
			for name, x := range o {
				p, known := arg.(map[string]any)[name]
				if !known {
					bad("%s is not in the document", name)
					continue
				}
				wrong = append(wrong, k.check(at+"."+name, p, x)...)
			}
		case "additionalProperties":
			o, _ := v.(map[string]any)
			for name, x := range o {
				wrong = append(wrong, k.check(at+"."+name, arg, x)...)
			}
		default:
			if !slices.Contains(notes, word) {
				bad("the keyword %s is not known", word)
			}
		}
	}
	return wrong
}

func outside(word string, n float64, limit any) bool {
	if strings.HasPrefix(word, "min") {
		return n < limit.(float64)
	}
	return n > limit.(float64)
}

func asList(v any) []any {
	l, _ := v.([]any)
	return l
}

func (k checker) isType(t any, v any) bool {
	if list, ok := t.([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return k.isType(one, v) })
	}
	switch x := v.(type) {
	case nil:
		return t == "null"
	case bool:
		return t == "boolean"
	case string:
		return t == "string"
	case float64:
		return t == "number" || t == "integer" && x == math.Trunc(x)
	case []any:
		return t == "array"
	case map[string]any:
		return t == "object"
	}
	return false
}

// valid checks a body against the schema of a reply or request in the document.
func (k checker) valid(content any, kind string, body []byte) []string {
	media, _ := content.(map[string]any)
	of, ok := media[kind].(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("the document has no %s here", kind)}
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return []string{err.Error()}
	}
	return k.check("body", of["schema"], v)
}
