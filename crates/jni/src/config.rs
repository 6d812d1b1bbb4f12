//! Natives of `dev.bulla.ConfigNative`.

use std::time::Duration;

use bulla_core::config::{Anchor, Config};
use bulla_core::packed;

use crate::boundary::{Class, EnvPointer, cross};
use crate::bytes::ByteArray;

/// Reads and checks a configuration of two strings, text and file name.
#[unsafe(no_mangle)]
pub extern "system" fn Java_dev_bulla_ConfigNative_parse(
    env: EnvPointer,
    _class: Class,
    source: ByteArray,
) -> ByteArray {
    cross(env, |env| {
        let source = env.bytes(&source)?;
        let mut reader = packed::Reader::new(&source);
        let config = Config::parse(reader.text()?, reader.text()?)?;
        env.new_bytes(&settings(&config))
    })
}

fn settings(config: &Config) -> Vec<u8> {
    let mut settings = packed::Writer::new();
    settings.string(Some(&config.installation)).string(Some(&config.node));
    settings.string(config.keys.registry.as_deref());
    list(&mut settings, config.policy.record.iter().map(String::as_str));
    let ledger = &config.ledger;
    settings.i64(millis(ledger.checkpoint)).i64(i64::try_from(ledger.records).unwrap_or(i64::MAX));
    settings.i64(millis(ledger.heartbeat)).u8(u8::from(ledger.required));
    list(&mut settings, config.anchors.iter().map(|Anchor::Directory(directory)| directory.as_str()));
    settings.finish()
}

fn list<'a>(settings: &mut packed::Writer, items: impl ExactSizeIterator<Item = &'a str>) {
    settings.i32(i32::try_from(items.len()).unwrap_or(i32::MAX));
    for item in items {
        settings.string(Some(item));
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
