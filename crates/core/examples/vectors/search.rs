use bulla_core::packed::{Value, Writer};
use serde_json::json;

use crate::{World, encode, write};

pub(crate) fn write_all(world: &World) {
    let vectors = [
        ("a-string", None, "string", Value::Text("ORD-2031-000417")),
        ("an-empty-string", None, "string", Value::Text("")),
        ("a-string-of-a-tenant", Some("müller"), "string", Value::Text("ORD-2031-000417")),
        ("an-integer", None, "long", Value::Integer(42)),
        ("the-same-as-a-double", None, "long", Value::Double(42.0)),
        ("a-double", None, "double", Value::Double(0.5)),
    ]
    .map(|(name, tenant, type_, value)| {
        let tag = world.vault.tag(tenant, "orderId", type_, value).unwrap();
        let mut packed = Writer::new();
        packed.value(value);
        json!({
            "name": name, "tenant": tenant, "variable": "orderId", "type": type_,
            "value": encode(packed.finish()),
            "text": tag.text(), "long": tag.long(), "double": tag.double(),
        })
    });
    write("search/tags.json", &json!(vectors));
}
