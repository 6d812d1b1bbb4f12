package dev.bulla.engine.seal;

import java.sql.SQLException;
import javax.sql.rowset.serial.SerialBlob;
import javax.sql.rowset.serial.SerialException;

/** Opened bytes; of none, none can be had, which {@link SerialBlob} refuses. */
final class OpenedBlob extends SerialBlob {

  private static final long serialVersionUID = 1;

  OpenedBlob(byte[] bytes) throws SQLException {
    super(bytes);
  }

  @Override
  public byte[] getBytes(long position, int length) throws SerialException {
    return length == 0 ? new byte[0] : super.getBytes(position, length);
  }
}
