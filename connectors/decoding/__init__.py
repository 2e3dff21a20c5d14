"""From verified bytes to a certificate's record, by the agency's manifest."""
