package dev.bulla.demo;

import java.io.Serializable;
import java.time.LocalDate;

/** Who wants a loan: every value is peculiar, so that a search for it finds nothing else. */
record Applicant(
    String order,
    String name,
    long amount,
    double income,
    boolean married,
    LocalDate birthDate,
    String passport,
    Household household) {

  /** The part of an application that is stored as a serialized Java object. */
  record Household(String street, String city, int children) implements Serializable {}

  static final Applicant ADA =
      new Applicant(
          "ORDER-7001",
          "Ada Sealwright",
          2_718_281L,
          6042.1957,
          true,
          LocalDate.of(1979, 4, 23),
          "passport of A. Sealwright, P7001LDN",
          new Household("11 Claytablet Row", "Uruk-on-Thames", 3));

  static final Applicant BEN =
      new Applicant(
          "ORDER-7002",
          "Benedict Tokenmaker",
          3_141_592L,
          4111.8349,
          false,
          LocalDate.of(1984, 11, 2),
          "passport of B. Tokenmaker, P7002GLA",
          new Household("5 Cuneiform Close", "Susa-under-Lyme", 0));

  static final Applicant CLEO =
      new Applicant(
          "ORDER-7003",
          "Cleo Granary",
          1_414_213L,
          7923.4471,
          true,
          LocalDate.of(1991, 7, 30),
          "passport of C. Granary, P7003YRK",
          new Household("72 Ziggurat Lane", "Lagash-by-Sea", 2));

  static final Applicant DAN =
      new Applicant(
          "ORDER-7004",
          "Dan Withdrawn",
          1_618_033L,
          5210.6628,
          false,
          LocalDate.of(1966, 1, 15),
          "passport of D. Withdrawn, P7004BTH",
          new Household("3 Stylus Street", "Eridu-in-the-Marsh", 1));
}
