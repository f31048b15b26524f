package server

import (
	"embed"
	"fmt"
	"io/fs"

	"gopkg.in/yaml.v3"
)

//go:embed words/en/*.yaml
var wordFiles embed.FS

// words is the catalogue of the pages' texts: key to text, with fmt verbs for what is filled in. English is the only language shipped;
// another one is another folder with the same keys.
type words map[string]string

// loadWords reads every file of words/en: groups of keys, no key twice.
func loadWords() (words, error) {
	files, err := fs.Glob(wordFiles, "words/en/*.yaml")
	if err != nil {
		return nil, err
	}
	w := words{}
	for _, name := range files {
		b, err := wordFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var groups map[string]map[string]string
		if err := yaml.Unmarshal(b, &groups); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for group, entries := range groups {
			for key, text := range entries {
				full := group + "." + key
				if _, twice := w[full]; twice {
					return nil, fmt.Errorf("%s: %s stands twice", name, full)
				}
				w[full] = text
			}
		}
	}
	return w, nil
}

// get is the text of a key with its verbs filled in. An unknown key is shown as it is; TestWords keeps that from shipping.
func (w words) get(key string, args ...any) string {
	text, ok := w[key]
	if !ok {
		return "[" + key + "]"
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// lookup is get for templates: a missing key fails the render.
func (w words) lookup(key string, args ...any) (string, error) {
	if _, ok := w[key]; !ok {
		return "", fmt.Errorf("no words for %q", key)
	}
	return w.get(key, args...), nil
}
