"""SM2 with SM3 (GB/T 32918, GM/T 0009): keys, the forms of signatures, their check."""
