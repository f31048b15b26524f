package grading

// ParseAnswer checks the form of an answer.
func ParseAnswer(k *Key, a Answer) (Response, error) { return Response{}, nil }

// DecodeAnswer reads an answer from JSON.
func DecodeAnswer(b []byte) (Answer, error) { return Answer{}, nil }

// Grade scores a response.
func Grade(k *Key, r Response, book Book, s Scheme) Result { return Result{V: 1} }

// ModelAnswer is the key as an answer.
func ModelAnswer(k *Key) Answer { return Answer{} }

// ParseItem checks the form of an answer to a question.
func ParseItem(k *ItemKey, a ItemAnswer) error { return nil }

// GradeItem scores an answer to a question.
func GradeItem(k *ItemKey, a ItemAnswer) ItemResult { return ItemResult{Possible: 100} }
