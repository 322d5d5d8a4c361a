package io.unikernal.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Plan;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Seals what lies on the disk: AES-256-GCM (NIST SP 800-38D) with keys of HKDF-SHA256 (RFC 5869). A
 * sealed record is {@code magic(4) key(4) run(16) count(12) ciphertext tag(16)}: each run of a
 * kernel has a key of its own, made of the given one and the random number {@code run}, and counts
 * its records, so that no nonce is used twice. The place of a record is sealed with it: it opens
 * nowhere else.
 */
final class Seals {
  private static final byte[] MAGIC = {(byte) 0xf5, 'U', 'K', 1};
  private static final int KEY_ID = 4;
  private static final int RUN = 16;
  private static final int NONCE = 12;
  private static final int HEAD = MAGIC.length + KEY_ID + RUN + NONCE;
  private static final int TAG_BITS = 128;

  /** Keys of runs that are remembered; beyond, all are made again. */
  private static final int RUNS_MAX = 1_000;

  /** A key as it was given. */
  private record Given(byte[] id, SecretKey master, SecretKey names) {
    static Given of(String text) throws GeneralSecurityException {
      var kdf = KDF.getInstance("HKDF-SHA256");
      var master = kdf.deriveKey("Generic", extract(text.getBytes(UTF_8), "master", 32));
      byte[] id = kdf.deriveData(extract(text.getBytes(UTF_8), "id", KEY_ID));
      return new Given(
          id, master, kdf.deriveKey("HmacSHA256", extract(text.getBytes(UTF_8), "names", 32)));
    }

    private static HKDFParameterSpec extract(byte[] text, String what, int length) {
      return HKDFParameterSpec.ofExtract()
          .addIKM(text)
          .thenExpand(("unikernal state " + what).getBytes(UTF_8), length);
    }

    SecretKey ofRun(byte[] run) throws GeneralSecurityException {
      byte[] about = Arrays.copyOf("unikernal state run ".getBytes(UTF_8), 20 + RUN);
      System.arraycopy(run, 0, about, 20, RUN);
      return KDF.getInstance("HKDF-SHA256")
          .deriveKey("AES", HKDFParameterSpec.expandOnly(master, about, 32));
    }
  }

  /** The one that seals, then those that only open. */
  private final List<Given> given;

  private final byte[] run = new byte[RUN];
  private final AtomicLong count = new AtomicLong();
  private final Map<String, SecretKey> runs = new ConcurrentHashMap<>();

  private Seals(List<Given> given) {
    this.given = given;
    new SecureRandom().nextBytes(run);
  }

  static Seals of(Plan.StateKeys keys) {
    try {
      var given = new ArrayList<Given>();
      given.add(Given.of(keys.key()));
      for (String old : keys.old()) {
        given.add(Given.of(old));
      }
      return new Seals(List.copyOf(given));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no HKDF", e);
    }
  }

  static boolean isSealed(byte[] record) {
    return record.length >= HEAD && Arrays.equals(record, 0, 4, MAGIC, 0, 4);
  }

  static FaultException keyless() {
    return Fault.of(
            Fault.Code.INTERNAL,
            "what lies in the state file is sealed, and no key opens it",
            "name its key in `defaults: { state: { key: …, old_keys: […] } }`")
        .toException();
  }

  byte[] seal(byte[] clear, String place) {
    var sealed = ByteBuffer.allocate(HEAD + clear.length + TAG_BITS / 8);
    var nonce = ByteBuffer.allocate(NONCE).putInt(0).putLong(count.getAndIncrement()).array();
    sealed.put(MAGIC).put(given.getFirst().id()).put(run).put(nonce);
    try {
      var cipher = cipher(Cipher.ENCRYPT_MODE, given.getFirst(), run, nonce, place);
      cipher.doFinal(ByteBuffer.wrap(clear), sealed);
      return sealed.array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a record cannot be sealed", e);
    }
  }

  /**
   * What was sealed; what never was, from before there was a key, as it is.
   *
   * @throws FaultException INTERNAL if no key opens it, or it was changed or moved since
   */
  byte[] open(byte[] record, String place) {
    if (!isSealed(record)) {
      return record;
    }
    byte[] id = Arrays.copyOfRange(record, MAGIC.length, MAGIC.length + KEY_ID);
    byte[] itsRun = Arrays.copyOfRange(record, MAGIC.length + KEY_ID, HEAD - NONCE);
    byte[] nonce = Arrays.copyOfRange(record, HEAD - NONCE, HEAD);
    for (Given key : given) {
      if (Arrays.equals(key.id(), id)) {
        try {
          return cipher(Cipher.DECRYPT_MODE, key, itsRun, nonce, place)
              .doFinal(record, HEAD, record.length - HEAD);
        } catch (AEADBadTagException e) {
          throw Fault.of(
                  Fault.Code.INTERNAL,
                  "a record of the state file was changed, or is not where it was written",
                  "restore the file from a copy")
              .toException(e);
        } catch (GeneralSecurityException e) {
          throw new IllegalStateException("a record cannot be opened", e);
        }
      }
    }
    throw keyless();
  }

  private Cipher cipher(int mode, Given key, byte[] itsRun, byte[] nonce, String place)
      throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, keyOfRun(key, itsRun), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place.getBytes(UTF_8));
    return cipher;
  }

  private SecretKey keyOfRun(Given key, byte[] itsRun) throws GeneralSecurityException {
    String name = HexFormat.of().formatHex(key.id()) + HexFormat.of().formatHex(itsRun);
    SecretKey known = runs.get(name);
    if (known == null) {
      known = key.ofRun(itsRun);
      if (runs.size() >= RUNS_MAX) {
        runs.clear();
      }
      runs.put(name, known);
    }
    return known;
  }

  /**
   * What stands for a key of a table, which may hold what a sender wrote: the name now, then those
   * by old keys.
   */
  List<String> names(String table, String key) {
    var names = new ArrayList<String>(given.size());
    try {
      for (Given one : given) {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(one.names());
        mac.update(table.getBytes(UTF_8));
        mac.update((byte) 0);
        names.add("sealed " + HexFormat.of().formatHex(mac.doFinal(key.getBytes(UTF_8))));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no HMAC", e);
    }
    return names;
  }
}
