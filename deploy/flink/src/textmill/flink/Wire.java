package textmill.flink;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import org.apache.beam.sdk.coders.Coder;

/** A coder over byte arrays: every element between Flink's operators travels as the bytes that it has on Beam's wire. */
final class Wire<T> implements Serializable {
  private static final long serialVersionUID = 1;

  private final Coder<T> coder;

  Wire(Coder<T> coder) {
    this.coder = coder;
  }

  byte[] encode(T value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    coder.encode(value, bytes);
    return bytes.toByteArray();
  }

  T decode(byte[] bytes) throws IOException {
    return coder.decode(new ByteArrayInputStream(bytes));
  }
}
