"""办事指南: guides, answers, outlets and telephones, for anybody and without the centre."""
