//! Keys that Java code implements, with any key service: master keys and signers.
//!
//! The library calls the static methods of `dev.bulla.Upcall`, which turn whatever the key throws
//! into a `BullaException`. That is caught here, goes through the library as an error, and is thrown
//! again where the native ends that began the call.

use std::ffi::CStr;
use std::ptr::null_mut;
use std::sync::OnceLock;

use bulla_core::crypto::Secret;
use bulla_core::keys::{MasterKey, MasterKeyDescription, SignatureAlgorithm, StatementSigner, VerifyingKey};
use bulla_core::{Error, Result};
use jni_sys::{
    JNI_OK, JNI_VERSION_1_8, JNIEnv, JavaVM, jbyteArray, jmethodID, jobject, jsize, jvalue, jweak,
};
use zeroize::Zeroizing;

use crate::boundary::{Crossing, Env, Failure, Object, jni, remember};

/// What is looked up when the library is loaded.
struct Methods {
    vm: *mut JavaVM,
    /// Weak, so that the class loader that loaded this library can still be collected.
    class: jweak,
    wrap: jmethodID,
    unwrap: jmethodID,
    sign: jmethodID,
}

// SAFETY: the JVM, weak global references and method ids may be used from every thread (JNI
// specification, chapters 2 and 5).
unsafe impl Send for Methods {}
// SAFETY: as above; none is changed after it was set.
unsafe impl Sync for Methods {}

static METHODS: OnceLock<Methods> = OnceLock::new();

/// Looks up what upcalls need; `false` if something is missing.
///
/// # Safety
/// `vm` and `env` are the JVM's own, of this thread.
pub(crate) unsafe fn prepare(vm: *mut JavaVM, env: &Env) -> bool {
    // SAFETY: as promised by the caller.
    unsafe {
        let class = jni!(env, FindClass, c"dev/bulla/Upcall".as_ptr());
        if class.is_null() {
            return false;
        }
        let method = |name: &CStr, parameters: &CStr| {
            jni!(env, GetStaticMethodID, class, name.as_ptr(), parameters.as_ptr())
        };
        let wrap = method(c"wrap", c"(Ldev/bulla/MasterKey;[B)[B");
        let unwrap = method(c"unwrap", c"(Ldev/bulla/MasterKey;[B)[B");
        let sign = method(c"sign", c"(Ldev/bulla/Signer;[B)[B");
        let weak = jni!(env, NewWeakGlobalRef, class);
        let all = [wrap, unwrap, sign].iter().all(|method| !method.is_null()) && !weak.is_null();
        all && METHODS.set(Methods { vm, class: weak, wrap, unwrap, sign }).is_ok()
    }
}

/// A Java object that is kept from being collected.
struct Kept(jobject);

// SAFETY: a global reference may be used from every thread.
unsafe impl Send for Kept {}
// SAFETY: as above.
unsafe impl Sync for Kept {}

impl Drop for Kept {
    fn drop(&mut self) {
        // A thread that the JVM does not know frees nothing; none of the library's does this.
        if let Some(env) = current() {
            // SAFETY: the reference is global, and given back once.
            unsafe { jni!(env, DeleteGlobalRef, self.0) }
        }
    }
}

impl Env {
    fn keep(&mut self, object: &Object) -> Crossing<Kept> {
        if object.is_null() {
            return Err(Error::InvalidArgument { what: "a key", problem: "is null".into() }.into());
        }
        // SAFETY: `raw` is this thread's environment and the reference is live.
        let kept = unsafe { jni!(self, NewGlobalRef, object.0) };
        if kept.is_null() { Err(Failure::Thrown) } else { Ok(Kept(kept)) }
    }

    /// The master key that a Java object is.
    pub fn master_key(
        &mut self,
        object: &Object,
        description: MasterKeyDescription,
    ) -> Crossing<JavaMasterKey> {
        Ok(JavaMasterKey { object: self.keep(object)?, description })
    }

    /// The signer that a Java object is, of a public key.
    pub fn signer(&mut self, object: &Object, verifying: VerifyingKey) -> Crossing<JavaSigner> {
        Ok(JavaSigner { object: self.keep(object)?, kid: verifying.kid().to_string(), verifying })
    }
}

/// A master key that Java code implements.
pub struct JavaMasterKey {
    object: Kept,
    description: MasterKeyDescription,
}

impl MasterKey for JavaMasterKey {
    fn kid(&self) -> &str {
        self.description.kid()
    }

    fn algorithm(&self) -> &'static str {
        self.description.algorithm()
    }

    fn wrap(&self, key: &Secret) -> Result<Vec<u8>> {
        self.description.wrapped(&self.object.ask(|methods| methods.wrap, key.expose(), self.kid())?)
    }

    fn unwrap(&self, wrapped: &[u8]) -> Result<Secret> {
        self.description.unwrapped(&self.object.ask(|methods| methods.unwrap, wrapped, self.kid())?)
    }
}

/// A signer that Java code implements. What it signs is verified before it is given on.
pub struct JavaSigner {
    object: Kept,
    kid: String,
    verifying: VerifyingKey,
}

impl StatementSigner for JavaSigner {
    fn kid(&self) -> &str {
        &self.kid
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.verifying.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let signature = self.object.ask(|methods| methods.sign, message, &self.kid)?;
        self.verifying.verify("what the signer's method sign returned", message, &signature)?;
        Ok(signature.to_vec())
    }
}

impl Kept {
    /// What a method makes of `input`. The JVM's copies of both are wiped.
    fn ask(
        &self,
        method: impl Fn(&Methods) -> jmethodID,
        input: &[u8],
        kid: &str,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let failed = |problem: &str| Error::KeyUnavailable { kid: kid.into(), problem: problem.into() };
        let (Some(methods), Some(env)) = (METHODS.get(), current()) else {
            return Err(failed("the thread is none of the JVM's"));
        };
        let length =
            jsize::try_from(input.len()).map_err(|_| failed("what it should work on is too long"))?;
        // SAFETY: `env` is this thread's; no exception is pending, because each is cleared where it
        // comes up; the method takes the two arguments given and returns a `byte[]` or null. The class
        // is checked for null because a weak reference may have been cleared.
        unsafe {
            let class = Local::new(&env, jni!(env, NewLocalRef, methods.class));
            let argument: Local<'_> = Local::new(&env, jni!(env, NewByteArray, length));
            if class.is_null() || argument.is_null() {
                env.catch();
                return Err(failed("the JVM has no memory left"));
            }
            jni!(env, SetByteArrayRegion, argument.reference, 0, length, input.as_ptr().cast());
            let arguments = [jvalue { l: self.0 }, jvalue { l: argument.reference }];
            let returned =
                jni!(env, CallStaticObjectMethodA, class.reference, method(methods), arguments.as_ptr());
            let returned = Local::new(&env, returned);
            if env.catch() {
                return Err(failed("its Java object threw an exception"));
            }
            if returned.is_null() {
                return Err(failed("its Java object returned null"));
            }
            Ok(env.take(returned.reference))
        }
    }
}

impl Env {
    /// Whether an exception was pending, which is remembered and is so no more.
    fn catch(&self) -> bool {
        // SAFETY: `raw` is this thread's environment.
        unsafe {
            let thrown = jni!(self, ExceptionOccurred);
            if thrown.is_null() {
                return false;
            }
            jni!(self, ExceptionClear);
            remember(thrown);
            true
        }
    }

    /// The content of `array`, which is wiped.
    ///
    /// # Safety
    /// `array` is a live reference to a `byte[]`.
    unsafe fn take(&self, array: jbyteArray) -> Zeroizing<Vec<u8>> {
        // SAFETY: as promised by the caller; both regions are the whole array.
        unsafe {
            let length = jni!(self, GetArrayLength, array);
            let size = usize::try_from(length).unwrap_or(0);
            let mut content = Zeroizing::new(vec![0; size]);
            jni!(self, GetByteArrayRegion, array, 0, length, content.as_mut_ptr().cast());
            jni!(self, SetByteArrayRegion, array, 0, length, vec![0; size].as_ptr());
            content
        }
    }
}

/// A local reference, given back when dropped: a native may ask a key often before it returns.
struct Local<'a> {
    env: &'a Env,
    reference: jobject,
}

impl<'a> Local<'a> {
    fn new(env: &'a Env, reference: jobject) -> Self {
        Self { env, reference }
    }

    fn is_null(&self) -> bool {
        self.reference.is_null()
    }
}

impl Drop for Local<'_> {
    fn drop(&mut self) {
        let env = self.env;
        // SAFETY: the reference, which may be null, was made on this thread and is given back once.
        // This may be done while an exception is pending.
        unsafe { jni!(env, DeleteLocalRef, self.reference) }
    }
}

/// This thread's environment.
fn current() -> Option<Env> {
    let vm = METHODS.get()?.vm;
    let mut env: *mut std::ffi::c_void = null_mut();
    // SAFETY: `vm` is the JVM's own pointer.
    let found = unsafe { ((**vm).v1_2.GetEnv)(vm, &raw mut env, JNI_VERSION_1_8) };
    (found == JNI_OK).then(|| Env { raw: env.cast::<JNIEnv>() })
}
