package dev.bulla.engine.seal;

import java.sql.SQLException;
import javax.sql.rowset.serial.SerialClob;
import javax.sql.rowset.serial.SerialException;

/** Opened text; of none, none can be had, which {@link SerialClob} refuses. */
final class OpenedClob extends SerialClob {

  private static final long serialVersionUID = 1;

  OpenedClob(String text) throws SQLException {
    super(text.toCharArray());
  }

  @Override
  public String getSubString(long position, int length) throws SerialException {
    return length == 0 ? "" : super.getSubString(position, length);
  }
}
