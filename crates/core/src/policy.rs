//! Which variables are sealed, decided by their names alone: everything else in a row could be
//! edited by whoever wants a value to be taken for plain.

/// What happens to a variable's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// It stays readable.
    Plain,
    /// It is sealed.
    Sealed,
    /// It is sealed, and can be searched by equality.
    Searchable,
}

/// Patterns of variable names. `*` stands for any characters, `?` for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Variables that are sealed.
    pub seal: Vec<String>,
    /// Variables that are not, though a pattern of `seal` names them.
    pub plain: Vec<String>,
    /// Sealed variables that can be searched by equality.
    pub search: Vec<String>,
    /// Tables that are recorded beside those that always are.
    pub record: Vec<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { seal: vec!["*".into()], plain: Vec::new(), search: Vec::new(), record: Vec::new() }
    }
}

impl Policy {
    /// The rule for the variable of that name.
    #[must_use]
    pub fn rule(&self, variable: &str) -> Rule {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, variable));
        if any(&self.plain) || !any(&self.seal) {
            Rule::Plain
        } else if any(&self.search) {
            Rule::Searchable
        } else {
            Rule::Sealed
        }
    }
}

/// Whether the whole of `name` is as `pattern` says.
fn matches(pattern: &str, name: &str) -> bool {
    let (mut pattern, mut name) = (pattern.chars(), name.chars());
    // Where to go on when it fails: behind the last `*`, which then takes one character more.
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let name_here = name.clone();
        match (pattern.next(), name.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                retry = Some((pattern.clone(), name_here.clone()));
                name = name_here;
            }
            (Some('?'), Some(_)) => {}
            (Some(expected), Some(found)) if expected == found => {}
            _ => {
                let Some((behind, rest)) = &mut retry else { return false };
                if rest.next().is_none() {
                    return false;
                }
                (pattern, name) = (behind.clone(), rest.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn policy(seal: &[&str], plain: &[&str], search: &[&str]) -> Policy {
        let owned = |patterns: &[&str]| patterns.iter().map(ToString::to_string).collect();
        Policy { seal: owned(seal), plain: owned(plain), search: owned(search), record: Vec::new() }
    }

    #[test]
    fn everything_is_sealed_unless_policy_says_otherwise() {
        assert_eq!(Policy::default().rule("amount"), Rule::Sealed);
        assert_eq!(policy(&[], &[], &["*"]).rule("amount"), Rule::Plain);
    }

    #[test]
    fn an_exception_outweighs_sealing_and_searching() {
        let policy = policy(&["*"], &["ui*"], &["order??", "uiState"]);
        assert_eq!(policy.rule("uiState"), Rule::Plain);
        assert_eq!(policy.rule("orderId"), Rule::Searchable);
        assert_eq!(policy.rule("orderIds"), Rule::Sealed);
    }

    #[test]
    fn patterns_match_the_whole_name() {
        for (pattern, name, expected) in [
            ("", "", true),
            ("*", "", true),
            ("**", "größe", true),
            ("gr??e", "größe", true),
            ("?", "", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b-c-", false),
            ("*ab", "aab", true),
            ("*a*a*a*", "aa", false),
            ("order", "Order", false),
            ("a.c", "abc", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} on {name}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_matched_when_parts_of_it_are_blanked_out(
            parts in prop::collection::vec(("[a-cé]{0,4}", any::<bool>()), 0..6)
        ) {
            let name: String = parts.iter().map(|(part, _)| part.as_str()).collect();
            let stars: String =
                parts.iter().map(|(part, blank)| if *blank { "*" } else { part.as_str() }).collect();
            prop_assert!(matches(&stars, &name));
            let marks: String = name.chars().map(|_| '?').collect();
            prop_assert!(matches(&marks, &name));
            prop_assert!(!matches(&(marks + "?"), &name));
        }
    }
}
