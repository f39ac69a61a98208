error "this module fails"
