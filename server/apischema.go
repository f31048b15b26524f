package server

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"crosswalk/progress/hirereport"
)

// A schema is a JSON Schema (draft 2020-12) as it stands in the document of the API.
type schema = map[string]any

// schemas makes schemas of Go types: what encoding/json writes of a type is what its schema describes. Named structs become components.
type schemas struct{ named schema }

var (
	timeType  = reflect.TypeFor[time.Time]()
	reportPkg = reflect.TypeFor[hirereport.Report]().PkgPath()
)

// ref is the schema of a value's type.
func (g *schemas) ref(v any) schema { return g.of(reflect.TypeOf(v)) }

func (g *schemas) of(t reflect.Type) schema {
	if t == timeType {
		return schema{"type": "string", "format": "date-time"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return orNull(g.of(t.Elem()))
	case reflect.Bool:
		return schema{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Uint64:
		return schema{"type": "integer"}
	case reflect.Float64:
		return schema{"type": "number"}
	case reflect.String:
		return schema{"type": "string"}
	case reflect.Slice, reflect.Array:
		return schema{"type": "array", "items": g.of(t.Elem())}
	case reflect.Map:
		return schema{"type": "object", "additionalProperties": g.of(t.Elem())}
	case reflect.Struct:
		if t.Name() == "" {
			return g.object(t)
		}
		name := schemaName(t)
		if g.named[name] == nil {
			g.named[name] = schema{} // a type may hold itself
			g.named[name] = g.object(t)
		}
		return schema{"$ref": "#/components/schemas/" + name}
	}
	panic("no schema for " + t.String()) // a test makes the document
}

// schemaName is what a type is called in the document.
func schemaName(t reflect.Type) string {
	if t.PkgPath() == reportPkg && t.Name() != "Report" {
		return "Report" + t.Name()
	}
	return strings.TrimPrefix(t.Name(), "api")
}

func orNull(s schema) schema {
	if kind, ok := s["type"].(string); ok {
		s["type"] = []string{kind, "null"}
		return s
	}
	return schema{"anyOf": []schema{s, {"type": "null"}}}
}

func (g *schemas) object(t reflect.Type) schema {
	properties, required := schema{}, []string{}
	g.fields(t, properties, &required)
	return schema{"type": "object", "properties": properties, "required": required}
}

func (g *schemas) fields(t reflect.Type, properties schema, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			g.fields(f.Type, properties, required)
			continue
		case name == "-" || !f.IsExported():
			continue
		case name == "":
			name = f.Name
		}
		p := g.of(f.Type)
		if f.Type.Kind() == reflect.Slice && t.PkgPath() == reportPkg {
			p = orNull(p) // what is nil there is written as null
		}
		limits(p, f)
		properties[name] = p
		if !strings.Contains(opts, "omitempty") && !strings.Contains(opts, "omitzero") {
			*required = append(*required, name)
		}
	}
}

// limits adds what the tags doc, enum, min and max say.
func limits(p schema, f reflect.StructField) {
	if doc := f.Tag.Get("doc"); doc != "" {
		p["description"] = doc
	}
	if list := f.Tag.Get("enum"); list != "" {
		p["enum"] = strings.Split(list, ",")
	}
	words := map[reflect.Kind][2]string{reflect.Slice: {"minItems", "maxItems"}, reflect.Int: {"minimum", "maximum"}, reflect.String: {"minLength", "maxLength"}}[f.Type.Kind()]
	for i, tag := range []string{"min", "max"} {
		if n, err := strconv.Atoi(f.Tag.Get(tag)); err == nil {
			p[words[i]] = n
		}
	}
}
